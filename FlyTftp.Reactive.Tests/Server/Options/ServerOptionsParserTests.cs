using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Options;

public sealed class ServerOptionsParserTests
{
    private const string AddressForms = "HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 0 to 65535";

    private static readonly (string Name, string Value, Func<ServerOptions, object?> Read, object Expected)[] Good =
    [
        ("--root", "/srv/tftp", static options => options.Root, "/srv/tftp"),
        ("--allow", "*", static options => options.Allow, ExtensionSet.All),
        ("--flat", "true", static options => options.Flat, true),
        ("--flat", "off", static options => options.Flat, false),
        ("--hidden", "true", static options => options.Hidden, true),
        ("--ignore-case", "on", static options => options.IgnoreCase, true),
        ("--per-client", "1", static options => options.PerClient, true),
        ("--broadcast", "answer", static options => options.AnswersBroadcasts, true),
        ("--broadcast", "Ignore", static options => options.AnswersBroadcasts, false),
        ("--rules", "/etc/map", static options => options.Rules, "/etc/map"),
        ("--template-env", "SITE", static options => options.TemplateEnvironment, new[] { "SITE" }),
        ("--environment-file", "/etc/env", static options => options.EnvironmentFile, "/etc/env"),
        ("--blksize-max", "8", static options => options.BlockSizeMax, 8),
        ("--blksize-max", "65464", static options => options.BlockSizeMax, 65464),
        ("--blksize-min", "8", static options => options.BlockSizeMin, 8),
        ("--blksize-min", "512", static options => options.BlockSizeMin, 512),
        ("--windowsize-max", "1", static options => options.WindowSizeMax, 1),
        ("--windowsize-max", "65535", static options => options.WindowSizeMax, 65535),
        ("--window-bytes", "512", static options => options.WindowBytes, 512),
        ("--window-bytes", "128K", static options => options.WindowBytes, 131072),
        ("--window-bytes", "512k", static options => options.WindowBytes, 524288),
        ("--retries", "0", static options => options.Retries, 0),
        ("--retries", "255", static options => options.Retries, 255),
        ("--unproven-rate", "65536", static options => options.UnprovenRate, 65_536L),
        ("--unproven-rate", "1024K", static options => options.UnprovenRate, 1_048_576L),
        ("--sessions-max", "1000000", static options => options.SessionsMax, 1000000),
        ("--drain", "0", static options => options.Drain, TimeSpan.Zero),
        ("--drain", "300", static options => options.Drain, TimeSpan.FromMinutes(5)),
        ("--http", ":8080", static options => options.Http, new ListenAddress("::", 8080)),
        ("--page", "on", static options => options.Page, true),
        ("--http-name", "boot.example.com", static options => options.HttpName, "boot.example.com"),
        ("--history-bytes", "0", static options => options.HistoryBytes, 0),
        ("--history-bytes", "512K", static options => options.HistoryBytes, 512 << 10),
        ("--watch", "true", static options => options.Watch, true),
        ("--user", "nobody", static options => options.User, "nobody"),
        ("--hardening", "Require", static options => options.Hardening, HardeningMode.Require),
        ("--user", "65534", static options => options.User, "65534"),
        ("--loops", "256", static options => options.Loops, 256),
        ("--busy-poll", "0", static options => options.BusyPoll, TimeSpan.Zero),
        ("--busy-poll", "10000", static options => options.BusyPoll, TimeSpan.FromMilliseconds(10)),
        ("--log-config", "/etc/nlog.config", static options => options.LogConfig, "/etc/nlog.config"),
    ];

    private static readonly (string Name, string Value, string Allowed)[] Bad =
    [
        ("--root", "", "a folder's path"),
        ("--listen", "10.0.0.1:65536", AddressForms),
        ("--flat", "maybe", "true and false"),
        ("--hidden", "maybe", "true and false"),
        ("--ignore-case", "2", "true and false"),
        ("--per-client", "x", "true and false"),
        ("--broadcast", "maybe", "ignore and answer"),
        ("--rules", "", "a file's path"),
        ("--template-env", "A-B", "a variable's name: letters, digits and underscores, at most 64"),
        ("--environment-file", "", "a file's path"),
        ("--blksize-max", "7", "8 to 65464 (bytes)"),
        ("--blksize-max", "70000", "8 to 65464 (bytes)"),
        ("--blksize-max", "1K", "8 to 65464 (bytes)"),
        ("--blksize-min", "7", "8 to 512 (bytes)"),
        ("--blksize-min", "513", "8 to 512 (bytes)"),
        ("--blksize-max", "-8", "8 to 65464 (bytes)"),
        ("--windowsize-max", "0", "1 to 65535 (blocks)"),
        ("--window-bytes", "511", "512 to 524288 (bytes; 128K and 512K are understood)"),
        ("--window-bytes", "1M", "512 to 524288 (bytes; 128K and 512K are understood)"),
        ("--window-bytes", "513K", "512 to 524288 (bytes; 128K and 512K are understood)"),
        ("--window-bytes", "999999999K", "512 to 524288 (bytes; 128K and 512K are understood)"),
        ("--window-bytes", "K", "512 to 524288 (bytes; 128K and 512K are understood)"),
        ("--retries", "256", "0 to 255 (times)"),
        ("--unproven-rate", "65535", "65536 to 1073741824 (bytes a second)"),
        ("--retries", "99999999999999999999", "0 to 255 (times)"),
        ("--sessions-max", "0", "1 to 1000000 (sessions)"),
        ("--drain", "3601", "0 to 3600 (seconds)"),
        ("--drain", "4s", "0 to 3600 (seconds)"),
        ("--http", "example.org", AddressForms.Replace(" HOST,", "", StringComparison.Ordinal)),
        ("--page", "perhaps", "true and false"),
        ("--http-name", "a name", "a host name"),
        ("--history-bytes", "536870913", "0 to 536870912 (bytes; 512K is understood)"),
        ("--watch", "maybe", "true and false"),
        ("--hardening", "2", "auto, require and off"),
        ("--hardening", "maybe", "auto, require and off"),
        ("--user", "a b", "a user's name or number"),
        ("--user", "4294967295", "a user's name or number"),
        ("--loops", "257", "1 to 256 (loops)"),
        ("--busy-poll", "10001", "0 to 10000 (microseconds)"),
        ("--log-config", "", "a file's path"),
    ];

    [Test]
    public void Reads_every_option_from_the_command_line_and_from_the_environment()
    {
        foreach (var (name, value, read, expected) in Good)
        {
            Assert.That(read(Parse([(name, value)], [])), Is.EqualTo(expected), $"{name} {value}");
            Assert.That(read(Parse([], [(Variable(name), value)])), Is.EqualTo(expected), $"{Variable(name)}={value}");
        }
    }

    [Test]
    public void Names_the_source_the_value_and_what_is_allowed()
    {
        foreach (var (name, value, allowed) in Bad)
        {
            Assert.That(Error([(name, value)], []), Is.EqualTo($"{name} {(value.Length == 0 ? "\"\"" : value)}: allowed are {allowed}"));
            // An empty variable counts as not set.
            if (value.Length > 0) Assert.That(Error([], [(Variable(name), value)]), Is.EqualTo($"{Variable(name)}={value}: allowed are {allowed}"));
        }
    }

    [Test]
    public void Tests_every_option_of_the_table()
    {
        var tested = Bad.Select(static row => row.Name).Append("--allow").Distinct();
        Assert.That(tested, Is.EquivalentTo(ServerOptionTable.All.Select(static option => option.Name)));
    }

    [Test]
    public void Takes_the_command_line_before_the_environment_even_where_that_is_wrong() =>
        Assert.That(Parse([("--retries", "3")], [("FLYTFTP_RETRIES", "nonsense")]).Retries, Is.EqualTo(3));

    [Test]
    public void Listens_on_all_addresses_that_are_given_in_whatever_way()
    {
        ListenAddress[] expected = [new("fly-global-services", 69), new("::1", 6969), new("::", 70)];
        Assert.That(Parse([("--listen", "fly-global-services"), ("--listen", "[::1]:6969"), ("--listen", ":70")], []).Listen, Is.EqualTo(expected));
        Assert.That(Parse([("--listen", "fly-global-services:69,[::1]:6969, 70")], []).Listen, Is.EqualTo(expected));
        Assert.That(Parse([], [("FLYTFTP_LISTEN", "fly-global-services,[::1]:6969,:70")]).Listen, Is.EqualTo(expected));
    }

    [Test]
    public void Says_which_extension_is_none() =>
        Assert.That(Error([("--allow", ".efi,kpxe\t")], []), Does.StartWith("--allow .efi,kpxe\\x09: \"kpxe\" is no extension: allowed are "));

    [Test]
    public void Serves_what_boot_loaders_ask_for_unless_told_otherwise()
    {
        Assert.That(Parse([], []).Allow, Is.SameAs(ExtensionSet.Default));
        Assert.That(Parse([("--allow", ".efi, none")], []).Allow.Allows("vmlinuz"), Is.True);
    }

    [Test]
    public void Says_which_of_several_addresses_is_wrong() =>
        Assert.That(Error([], [("FLYTFTP_LISTEN", "127.0.0.1:69,,:70")]), Is.EqualTo($"FLYTFTP_LISTEN=\"\": allowed are {AddressForms}"));

    [Test]
    public void Limits_how_many_addresses_there_are() =>
        Assert.That(Error([("--listen", string.Join(',', Enumerable.Repeat(":69", 65)))], []), Is.EqualTo("--listen: at most 64 are allowed"));

    [Test]
    public void Refuses_an_option_that_is_given_twice() =>
        Assert.That(Error([("--drain", "1"), ("--drain", "2")], []), Is.EqualTo("--drain: may be given only once"));

    [Test]
    public void Shows_no_control_characters_of_a_value() =>
        Assert.That(Error([("--retries", "\x1b[31m")], []), Is.EqualTo("--retries \\x1B[31m: allowed are 0 to 255 (times)"));

    [Test]
    public void Passes_over_variables_that_orchestrators_set() =>
        Assert.That(Parse([], [("FLYTFTP_PORT", "udp://10.0.0.1:69"), ("FLYTFTP_SERVICE_HOST", "10.0.0.1")]), Is.EqualTo(ServerOptions.Default));

    [Test]
    public void Keeps_the_defaults_of_the_sessions()
    {
        var limits = Parse([], []).ToSessionLimits(static _ => 1428);
        Assert.That(limits with { BlockSizeMax = new SessionLimits().BlockSizeMax, Names = new SessionLimits().Names },
            Is.EqualTo(new SessionLimits() with { BlockSizeMax = new SessionLimits().BlockSizeMax }));
        Assert.That(limits.BlockSizeMax(default), Is.EqualTo(1428));
        Assert.That((ServerOptions.Default with { BlockSizeMax = 1372 }).ToSessionLimits(static _ => 1388).BlockSizeMax(default), Is.EqualTo(1372));
        Assert.That((ServerOptions.Default with { BlockSizeMax = 1372 }).ToSessionLimits(static _ => 1368).BlockSizeMax(default), Is.EqualTo(1368), "no fragments over IPv6 with an MTU of 1420");
    }

    [Test]
    public void Hands_everything_that_bounds_a_session_on()
    {
        var options = Parse([("--blksize-max", "1372"), ("--blksize-min", "256"), ("--windowsize-max", "8"), ("--window-bytes", "4K"), ("--retries", "2"), ("--unproven-rate", "70000"), ("--sessions-max", "9"), ("--flat", "1")], []);
        var limits = options.ToSessionLimits(static _ => 65464);
        Assert.That(limits.NegotiationFor(default), Is.EqualTo(new NegotiationLimits(1372, 8, 4096) { BlockSizeMin = 256 }));
        Assert.That(limits.UnprovenRate, Is.EqualTo(70_000));
        Assert.That((limits.Retries, limits.SessionsMax, limits.Names.Current.Flat, limits.Names.Current.Extensions), Is.EqualTo((2, 9, true, options.Allow)));
        var part = limits.DividedBy(4);
        Assert.That((part.SessionsMax, part.Pipelines, part.Retries), Is.EqualTo((3, 4, 2)));
    }

    private static ServerOptions Parse((string Name, string Value)[] commandLine, (string Name, string Value)[] environment)
    {
        Assert.That(TryParse(commandLine, environment, out var options, out var error), Is.True, error);
        return options!;
    }

    private static string? Error((string Name, string Value)[] commandLine, (string Name, string Value)[] environment)
    {
        Assert.That(TryParse(commandLine, environment, out var options, out var error), Is.False, "accepted");
        Assert.That(options, Is.Null);
        return error;
    }

    // A quarter of a container's limit is not the garbage collector's.
    [TestCase(24L << 20, 512)]
    [TestCase(192L << 20, 10_752)]
    [TestCase(8L << 30, 16_384)]
    public void Sessions_are_as_many_as_memory_holds(long bytes, int sessions) => Assert.That(ServerOptions.SessionsWithin(bytes), Is.EqualTo(sessions));

    private static bool TryParse(
        (string Name, string Value)[] commandLine, (string Name, string Value)[] environment, out ServerOptions? options, out string? error) =>
        ServerOptionsParser.TryParse(
            option => [.. commandLine.Where(pair => pair.Name == option.Name).Select(static pair => pair.Value)],
            name => environment.FirstOrDefault(pair => pair.Name == name).Value, ServerOptions.Default, out options, out error);

    private static string Variable(string name) => ServerOptionTable.All.Single(option => option.Name == name).EnvironmentName;
}
