using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>
/// deploy/dns.tf, read by Terraform's own parser: what docs/fly.md says of it. Whether the provider takes it shows only in a <c>plan</c>.
/// </summary>
[Platform("Linux")]
public sealed partial class DnsTfTests
{
    private const string Libraries = "/usr/share/gocode";

    private static readonly string Source = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "dns.tf"));
    private static readonly Lazy<Block[]> Blocks = new(ReadBlocks);

    private sealed record Block(string Type, string[]? Labels, Dictionary<string, string> Attributes, Block[] Blocks);

    [Test]
    public void Sets_one_A_record_and_no_other()
    {
        var record = Of("resource").Single();
        Assert.That(record.Labels, Is.EqualTo(new[] { "cloudflare_dns_record", "tftp" }));
        Assert.That(record.Attributes["type"], Is.EqualTo("\"A\""), "Fly.io has no public IPv6 for UDP: an AAAA record would lead nowhere");
        Assert.That(record.Attributes["name"], Is.EqualTo("var.name"));
        Assert.That(record.Attributes["content"], Is.EqualTo("var.address"));
        Assert.That(record.Attributes["zone_id"], Is.EqualTo("var.zone_id"));
        Assert.That(record.Attributes["ttl"], Does.Match("^[0-9]+$"));
        Assert.That(record.Attributes["proxied"], Is.EqualTo("false"), "the proxy carries HTTP only");
    }

    [Test]
    public void Takes_its_record_from_the_provider_that_it_names()
    {
        var providers = Of("terraform").Single().Blocks.Single(static block => block.Type == "required_providers").Attributes;
        Assert.That(providers.Keys, Is.EqualTo(new[] { "cloudflare" }));
        Assert.That(providers["cloudflare"], Does.Contain("\"cloudflare/cloudflare\""));
    }

    [Test]
    public void Asks_for_what_its_own_command_line_gives_and_uses_it_all()
    {
        var variables = Of("variable").Select(static variable => variable.Labels!.Single()).ToArray();
        var command = Source.Split('\n').Single(static line => line.Contains("terraform apply", StringComparison.Ordinal));
        Assert.That(Given().Matches(command).Select(static match => match.Groups[1].Value), Is.EquivalentTo(variables));
        Assert.That(variables.Select(static name => $"var.{name}"), Is.SubsetOf(Of("resource").Single().Attributes.Values));
        Assert.That(Of("variable").Select(static variable => variable.Attributes["type"]), Is.All.EqualTo("string"));
    }

    [Test]
    public void Takes_no_address_but_an_IPv4_one()
    {
        var address = Of("variable").Single(static variable => variable.Labels!.Contains("address"));
        var validation = address.Blocks.Single(static block => block.Type == "validation");
        Assert.That(validation.Attributes["condition"], Is.EqualTo("can(cidrnetmask(\"${var.address}/32\"))"));
    }

    [TestCase("proxied = false\n}", "proxied = false\n", "Unclosed configuration block")]
    [TestCase("= var.address", "var.address", "Invalid block definition")]
    [TestCase("type    = \"A\"", "type    = \"A", "Invalid multi-line string")]
    [TestCase("ttl     = 300", "ttl     = 300 600", "Missing newline after argument")]
    public void A_broken_file_would_not_pass(string whole, string broken, string complaint)
    {
        var (exitCode, _, errors) = Parse(Source.Replace(whole, broken, StringComparison.Ordinal));
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(errors, Does.Contain(complaint));
    }

    private static IEnumerable<Block> Of(string type) => Blocks.Value.Where(block => block.Type == type);

    private static Block[] ReadBlocks()
    {
        var (exitCode, output, errors) = Parse(Source);
        Assert.That(exitCode, Is.Zero, errors);
        return JsonSerializer.Deserialize<Block[]>(output, JsonSerializerOptions.Web)!;
    }

    private static (int ExitCode, string Output, string Errors) Parse(string source)
    {
        const string library = "golang-github-hashicorp-hcl-v2-dev", install = $"apt-get install golang-go {library}";
        var go = ClientTool.Require("go", install);
        if (!Directory.Exists($"{Libraries}/src/github.com/hashicorp/hcl/v2")) ClientTool.Require(library, install);
        using var process = Process.Start(new ProcessStartInfo(go, ["run", Path.Combine(Repository.Root, "FlyTftp.Reactive.Tests/Deploy/hcl.go")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Debian's packages and no download.
            Environment = { ["GO111MODULE"] = "off", ["GOPATH"] = Libraries, ["GOFLAGS"] = "", ["GOTOOLCHAIN"] = "local" },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(source);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    [GeneratedRegex(@"-var (\w+)=")]
    private static partial Regex Given();
}
