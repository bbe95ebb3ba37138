using FlyTftp.Reactive.Server.Linux.Confinement;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Confinement;

public class SystemUserTests
{
    private string _list = "";

    [SetUp]
    public void WriteList()
    {
        _list = Path.GetTempFileName();
        File.WriteAllText(_list, "root:x:0:0:root:/root:/bin/sh\nbroken\ntftp:x:101:102::/srv/tftp:/usr/sbin/nologin\n");
    }

    [TearDown]
    public void DeleteList() => File.Delete(_list);

    [TestCase("tftp", 101u, 102u)]
    [TestCase("101", 101u, 102u)]
    [TestCase("65534", 65534u, 65534u)]
    public void Finds_user_and_group(string user, uint userId, uint groupId)
    {
        var isFound = SystemUser.TryResolve(user, _list, out var resolved);

        Assert.That((isFound, resolved), Is.EqualTo((true, new SystemUser(userId, groupId))));
    }

    [TestCase("nobody")]
    [TestCase("")]
    [TestCase("-1")]
    [TestCase("4294967296")]
    public void Knows_no_other(string user) => Assert.That(SystemUser.TryResolve(user, _list, out _), Is.False);

    [Test]
    public void A_number_needs_no_list() => Assert.That(SystemUser.TryResolve("65534", "/nowhere/passwd", out _), Is.True);
}
