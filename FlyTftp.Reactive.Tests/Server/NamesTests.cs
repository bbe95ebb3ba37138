using System.Net;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Tests.Content.Names;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server;

/// <summary>What people reported about names.</summary>
[Platform("Linux")]
internal sealed class NamesTests : ServedNamesFixture
{
    [TestCase("./loader/grubx64.efi", "loader/grubx64.efi")]
    [TestCase("//loader//grubx64.efi", "loader/grubx64.efi")]
    [TestCase("""\loader\grubx64.efi""", "loader/grubx64.efi")]
    [TestCase("52:54:00:12:34:56/undionly.kpxe", "52:54:00:12:34:56/undionly.kpxe")]
    [TestCase("aux.cfg", "aux.cfg")]
    [TestCase("pxelinux.cfg/default.", "pxelinux.cfg/default.")]
    [TestCase("netboot.xyz.efi\\xFF", "netboot.xyz.efi\\xFF")]
    [TestCase("caf\\xE9.img", "caf\\xE9.img")]
    [TestCase("größe.img", "größe.img")]
    [TestCase("s.b00", "s.b00")]
    [TestCase("SiPolicy.p7b", "SiPolicy.p7b")]
    public void Serves_the_file_that_aClient_means(string asked, string file)
    {
        Put(file.Odd());
        Assert.That(Get(asked.Odd()), Is.EqualTo(file));
        Running!.WaitFor($"complete \"{asked}\"");
    }

    [Test]
    public void Follows_an_absolute_link_and_theRoots_own_path_and_nothing_out_of_it()
    {
        Put("real/boot.ipxe");
        File.CreateSymbolicLink(Path.Combine(Root, "link.ipxe"), Path.Combine(Root, "real", "boot.ipxe"));
        File.CreateSymbolicLink(Path.Combine(Root, "out.ipxe"), "/etc/hostname");
        Assert.That(Get("link.ipxe"), Is.EqualTo("real/boot.ipxe"));
        Assert.That(Get($"{Root}/real/boot.ipxe"), Is.EqualTo("real/boot.ipxe"));
        Assert.That(Get("out.ipxe"), Is.EqualTo("ERROR 2 \"not served\""));
        Running!.WaitFor("not served: a link that leaves the root");
    }

    [TestCase("secret.key", 2, "not served: extension \".key\" is not in --allow")]
    [TestCase("a/../b", 2, "not served: \"..\" in it")]
    [TestCase(".hidden.cfg", 2, "not served: hidden; --hidden serves it")]
    [TestCase("folder.efi", 2, "file cannot be read: a folder")]
    [TestCase("nothing.efi", 1, "file not found")]
    public void Says_to_the_log_why_not(string asked, int code, string reason)
    {
        Put("folder.efi/x", ".hidden.cfg");
        Assert.That(Get(asked), Does.StartWith($"ERROR {code} "));
        Running!.WaitFor($"refused \"{asked}\"");
        Assert.That(Running!.Log, Does.Contain(reason));
    }

    [Test]
    public void A_file_that_may_not_be_read_is_an_error_that_firmware_knows()
    {
        if (OperatingSystem.IsWindows() || !ServerProcess.IsNative || Environment.UserName != "root")
        {
            Assert.Ignore("Only a confined server is not root.");
            return;
        }

        Put("boot.wim");
        File.SetUnixFileMode(Path.Combine(Root, "boot.wim"), UnixFileMode.None);
        Assert.That(Get("boot.wim"), Is.EqualTo("ERROR 2 \"file cannot be read\""));
        Running!.WaitFor("file cannot be read: permission denied");
    }

    [Test]
    public void Hidden_names_and_another_case_and_aClients_own_folder_when_asked_for()
    {
        Put(".treeinfo", ".disk/info", "Boot/BCD", "default.cfg", "127.0.0.1/default.cfg");
        Serve("--hidden", "--ignore-case", "--per-client");
        Assert.That(Get(".treeinfo"), Is.EqualTo(".treeinfo"));
        Assert.That(Get(".disk/info"), Is.EqualTo(".disk/info"));
        Assert.That(Get("""\boot\bcd"""), Is.EqualTo("Boot/BCD"));
        Assert.That(Get("default.cfg"), Is.EqualTo("127.0.0.1/default.cfg"));
        Assert.That(Get("DEFAULT.CFG"), Is.EqualTo("127.0.0.1/default.cfg"));
    }

    [Test]
    public void Two_names_that_differ_in_case_only_are_told()
    {
        Put("A.efi", "a.efi");
        Serve("--ignore-case");
        Assert.That((Get("a.efi"), Get("A.EFI")), Is.EqualTo(("a.efi", "A.efi")));
        Running!.WaitFor("\"A.efi\" and \"a.efi\" differ in case only");
    }

    [Test]
    public void A_request_that_is_out_of_bounds_is_answered_all_the_same()
    {
        Put("boot.efi");
        var options = string.Concat(Enumerable.Range(0, 40).Select(static number => $"option{number}\0value\0"));
        Assert.That(Ask(Encoding.Latin1.GetBytes($"\0\u0001boot.efi\0octet\0{options}")), Is.EqualTo("boot.efi"));
        Assert.That(Ask(Encoding.Latin1.GetBytes($"\0\u0001boot.efi\0octet\0{new string('x', 1200)}\01\0")), Is.EqualTo("boot.efi"));
        Assert.That(Ask(Encoding.Latin1.GetBytes("\0\u0001boot.efi\0octet\0blksize\099999\0")), Does.Match("OACK blksize=6[0-9]+|OACK blksize=1[0-9]+"));
        Assert.That(Ask(Encoding.Latin1.GetBytes("\0\u0001boot.efi\0")), Does.StartWith("ERROR 4 "));
        Assert.That(Ask(Encoding.Latin1.GetBytes("\0\u0001\0octet\0")), Does.StartWith("ERROR 2 "));
    }

    [Test]
    public void Rules_from_tftp_hpa_rewrite_names()
    {
        Put("boot/x64/wdsnbp.com", "menu/default.cfg");
        var map = Path.Combine(Outside, "map");
        WriteOutside(map, "rg \\\\ / # Windows\nri ^/?boot/x64/ boot/x64/\nr ^pxelinux.cfg/.* menu/default.cfg\na ^secret\nri (menu1|menu2|list).cfg$ menu/default.cfg\n");
        Serve("--rules", map);
        Assert.That(Get("""\Boot\X64\wdsnbp.com"""), Is.EqualTo("boot/x64/wdsnbp.com"));
        Assert.That(Get("pxelinux.cfg/C0A8025B"), Is.EqualTo("menu/default.cfg"));
        Assert.That(Get("secret"), Is.EqualTo("ERROR 2 \"not served\""));
        Running!.WaitFor("rule in line 4: refuses it");
        Assert.That(Get("MENU2.cfg"), Is.EqualTo("menu/default.cfg"), "several beginnings");
    }

    [Test]
    public void A_template_is_filled_in_and_tsize_is_exact()
    {
        File.WriteAllText(Path.Combine(Root, "boot.ipxe.tmpl"), "#!ipxe\nset me {{client.ip}} {{client.ip.hex}} {{server.ip}} {{env.SITE}} {{request.name}}\n");
        WriteOutside(Path.Combine(Outside, "env"), "SITE=\"a b\"\n");
        Serve("--template-env", "SITE", "--environment-file", Path.Combine(Outside, "env"));
        var filled = "#!ipxe\nset me 127.0.0.1 7F000001 127.0.0.1 a b boot.ipxe\n";
        Assert.That(Ask(Encoding.Latin1.GetBytes("\0\u0001boot.ipxe\0octet\0tsize\00\0")), Is.EqualTo($"OACK tsize={filled.Length}"));
        using var other = UdpClients.ClientAt("127.0.0.1");
        Assert.That(Get("boot.ipxe", other), Is.EqualTo(filled));
    }

    [Test]
    public void A_broadcast_is_answered_on_a_single_address_and_by_silence_where_there_is_no_such_file()
    {
        Put("network-confg");
        Serve("--broadcast", "answer", "--loops", "2");
        using var client = UdpClients.ClientAt("127.0.0.1");
        client.EnableBroadcast = true;
        client.SetRawSocketOption(NativeSocket.SolSocket, NativeSocket.SoBindToDevice, "lo"u8);
        var everybody = new IPEndPoint(IPAddress.Broadcast, Server.Port);
        client.SendTo(PacketScript.Encode("RRQ nothing.cfg octet"), everybody);
        Running!.WaitFor("refused \"nothing.cfg\"");
        client.SendTo(PacketScript.Encode("RRQ network-confg octet"), everybody);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Assert.That((client.ReceiveFrom(new byte[600], ref from), from), Is.EqualTo((4 + "network-confg".Length, (EndPoint)Server)), "and no ERROR before it");
        client.SendTo(PacketScript.Encode("ACK 1"), Server);
        Running.WaitFor("complete \"network-confg\"");
    }

    [Test]
    public void A_template_is_as_long_in_netascii_as_its_tsize_says()
    {
        File.WriteAllText(Path.Combine(Root, "boot.cfg.tmpl"), "one\n{{client.ip}}\r\n");
        Serve();
        Assert.That(Exchange(Client, PacketScript.Encode("RRQ boot.cfg netascii tsize=0")).Options.ToString(), Is.EqualTo("tsize=18"));
        Assert.That(Exchange(Client, PacketScript.Encode("ACK 0")).Kind, Is.EqualTo(PacketKind.Data));
        Assert.That(Content, Is.EqualTo("one\r\n127.0.0.1\r\0\r\n"));
    }

    [Test]
    public void A_rule_that_takes_too_long_refuses_the_name_and_says_so_once()
    {
        Put("boot.efi");
        WriteOutside(Path.Combine(Outside, "map"), "r ^(([a-z]+)*)*$ boot.efi\n");
        Serve("--rules", Path.Combine(Outside, "map"));
        Assert.That(Get(new string('a', 200) + "!.efi"), Is.EqualTo("ERROR 2 \"not served\""));
        Running!.WaitFor("rule in line 1: took too long");
        Assert.That(Get("boot.efi"), Is.EqualTo("boot.efi"), "the loop goes on");
        Running.WaitFor("complete \"boot.efi\"");
        Assert.That((Running.Log.Split("took too long").Length, Running.Log.Contains("Exception", StringComparison.Ordinal)), Is.EqualTo((2, false)));
    }

    [Test]
    public void A_broken_rule_or_template_ends_the_start_with_file_and_line()
    {
        var map = Path.Combine(Outside, "map");
        WriteOutside(map, "r a b\nx y\n");
        Assert.That(() => Serve("--rules", map), Throws.InvalidOperationException.With.Message.Contain($"{map}:2: operation \"x\""));
        File.WriteAllText(Path.Combine(Root, "a.cfg.tmpl"), "one\n{{client.up}}\n");
        Assert.That(() => Serve(), Throws.InvalidOperationException.With.Message.Contain("a.cfg.tmpl:2: unknown placeholder {{client.up}}"));
    }
}
