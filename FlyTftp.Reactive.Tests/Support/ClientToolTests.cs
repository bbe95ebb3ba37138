using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Support;

public sealed class ClientToolTests
{
    [Test]
    public void Finds_a_program_on_the_search_path()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var program = Path.Combine(folder, OperatingSystem.IsWindows() ? "sometool.exe" : "sometool");
            File.WriteAllText(program, "");
            Assert.That(ClientTool.Find("sometool", $"{Path.PathSeparator}{folder}"), Is.EqualTo(program));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_program_that_is_missing_is_named_with_the_way_to_install_it()
    {
        Assert.That(ClientTool.Find("no-such-tool", ""), Is.Null);
        Assert.That(ClientTool.Message("no-such-tool", "apt-get install it"), Is.EqualTo("no-such-tool is not installed: apt-get install it"));
    }
}
