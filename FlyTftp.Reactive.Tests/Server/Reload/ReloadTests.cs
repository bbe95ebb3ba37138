using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Reload;

/// <summary>SIGHUP, and what else the process beside the server is for.</summary>
[Platform("Linux")]
internal sealed class ReloadTests : ServedNamesFixture
{
    [Test]
    public void A_hangup_reads_rules_templates_and_the_list_of_extensions_anew()
    {
        Put("one.efi", "two.efi", "x.xyz");
        var (map, environment, template) = (Path.Combine(Outside, "map"), Path.Combine(Outside, "env"), Path.Combine(Root, "t.cfg.tmpl"));
        WriteOutside(map, "r ^boot.efi$ one.efi\n");
        WriteOutside(environment, "FLYTFTP_ALLOW=.efi,.cfg\n");
        File.WriteAllText(template, "first");
        Serve("--rules", map, "--environment-file", environment);
        Assert.That((Get("boot.efi"), Get("t.cfg"), Get("x.xyz")), Is.EqualTo(("one.efi", "first", "ERROR 2 \"not served\"")));

        // Put in place as editors and deployments do it: another file takes the name.
        WriteOutside(map, "r ^boot.efi$ two.efi\n");
        WriteOutside(environment, "FLYTFTP_ALLOW=.efi,.cfg,.xyz\n");
        File.WriteAllText(template, "second");
        Running!.Signal("HUP");
        Running!.WaitFor("configuration read again: 1 rules, 1 templates");
        Assert.That((Get("boot.efi"), Get("t.cfg"), Get("x.xyz")), Is.EqualTo(("two.efi", "second", "x.xyz")));

        WriteOutside(map, "q broken\n");
        Running!.Signal("HUP");
        Assert.That(Running!.WaitFor("configuration not changed"), Does.Contain($"{map}:1: operation \"q\""));
        Assert.That(Get("boot.efi"), Is.EqualTo("two.efi"), "what held before holds on");
    }

    [Test]
    public void A_running_session_is_not_touched_by_a_reload()
    {
        File.WriteAllBytes(Path.Combine(Root, "long.efi"), new byte[600]);
        WriteOutside(Path.Combine(Outside, "map"), "r ^a$ long.efi\n");
        Serve("--rules", Path.Combine(Outside, "map"));
        Assert.That(Exchange(Client, PacketScript.Encode("RRQ a octet")).Kind, Is.EqualTo(PacketKind.Data));
        WriteOutside(Path.Combine(Outside, "map"), "a ^a$\n");
        Running!.Signal("HUP");
        Running!.WaitFor("configuration read again");
        Assert.That(Exchange(Client, PacketScript.Encode("ACK 1")).ToString(), Is.EqualTo("DATA 2"));
        Assert.That(Get("a"), Is.EqualTo("ERROR 2 \"not served\""));
    }

    [Test]
    public void A_hangup_reads_the_log_s_rules_anew()
    {
        var config = Path.Combine(Outside, "nlog.config");
        WriteOutside(config, LogConfig("Info"));
        Put("boot.efi");
        Serve("--log-config", config);
        Client.SendTo(PacketScript.Encode("ACK 7"), Server);
        Assert.That(Get("boot.efi"), Is.EqualTo("boot.efi"));
        Running!.WaitFor("complete \"boot.efi\"");
        Assert.That(Running.Log, Does.Not.Contain("Stray"));

        WriteOutside(config, LogConfig("Debug"));
        Running.Signal("HUP");
        Running.WaitFor("configuration read again");
        Client.SendTo(PacketScript.Encode("ACK 7"), Server);
        Running.WaitFor("Stray");

        WriteOutside(config, LogConfig("Loud"));
        Running.Signal("HUP");
        Assert.That(Running.WaitFor("configuration not changed"), Does.Contain("nlog.config"));
        Client.SendTo(PacketScript.Encode("00 09"), Server);
        Running.WaitFor("Malformed");
    }

    private static string LogConfig(string level) => $$"""
        <nlog xmlns="http://www.nlog-project.org/schemas/NLog.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <targets><target name="console" xsi:type="Terminal" layout="${message}" /></targets>
          <rules><logger name="*" minLevel="{{level}}" writeTo="console" /></rules>
        </nlog>
        """;

    [Test]
    public async Task A_root_that_was_replaced_is_unhealthy_and_told_once()
    {
        Put("boot.efi");
        Serve("--http", "127.0.0.1:0");
        var address = Running!.WaitFor("health and metrics on http ").Split("http ")[1];
        using var http = new HttpClient();
        Assert.That((int)(await http.GetAsync(new Uri($"http://{address}/healthz"))).StatusCode, Is.EqualTo(200), Running.Log);

        Directory.Move(Root, Root + "-moved");
        try
        {
            // One probe's result is good for a second.
            await Task.Delay(TimeSpan.FromSeconds(1.2));
            using var answer = await http.GetAsync(new Uri($"http://{address}/healthz"));
            Assert.That(((int)answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Trim()),
                Is.EqualTo((503, $"root \"{Root}\" is gone: restart the server, or put it back")));
            Running.WaitFor("is gone");
            Assert.That(Running.Log.Split("is gone"), Has.Length.EqualTo(2));
            Assert.That(Get("boot.efi"), Is.EqualTo("boot.efi"), "what was opened is served on");
        }
        finally
        {
            Directory.Move(Root + "-moved", Root);
        }
    }

    [Test]
    public void The_process_that_keeps_the_files_has_no_rights_and_ends_with_the_server()
    {
        if (!ServerProcess.IsNative || Environment.UserName != "root") Assert.Ignore("Only a native program is confined, and only root has something to give up.");
        WriteOutside(Path.Combine(Outside, "map"), "r a b\n");
        Serve("--rules", Path.Combine(Outside, "map"));
        var children = File.ReadAllText($"/proc/{Running!.Id}/task/{Running.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(children, Has.Length.EqualTo(1));

        var status = File.ReadAllLines($"/proc/{children[0]}/status").Select(static line => line.Split('\t', 2)).ToLookup(static pair => pair[0], static pair => pair[^1]);
        Assert.That(status["Name:"], Is.EqualTo(new[] { "flytftp-files" }));
        Assert.That(status["Uid:"].Concat(status["Gid:"]), Is.All.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(status["CapEff:"].Concat(status["CapPrm:"]), Is.All.EqualTo("0000000000000000"));
        Assert.That((status["NoNewPrivs:"].Single(), status["Seccomp:"].Single(), status["Threads:"].Single()), Is.EqualTo(("1", "2", "1")));
        Assert.That(Directory.GetFiles($"/proc/{children[0]}/fd"), Has.Length.EqualTo(2));

        Running.Signal("KILL");
        Running.WaitForExit();
        Assert.That(() => Directory.Exists($"/proc/{children[0]}") && !File.ReadAllText($"/proc/{children[0]}/stat").Contains(") Z ", StringComparison.Ordinal),
            Is.False.After(2000, 20));
    }
}
