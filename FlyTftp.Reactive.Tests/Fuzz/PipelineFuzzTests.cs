using System.Diagnostics;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>
/// The whole pipeline under scripts that nobody would write. <c>Fuzz/pipeline.corpus</c> holds, a line each in hexadecimal, those that have led somewhere
/// new. <c>FLYTFTP_FUZZ=1000000</c> runs that many new ones, <c>FLYTFTP_FUZZ=17..18</c> only those, and
/// <c>FLYTFTP_FUZZ_CORPUS=FILE</c> appends what leads somewhere new to a file.
/// </summary>
public class PipelineFuzzTests
{
    private const int FewInputs = 5_000;

    private static readonly byte[][] Corpus = [.. File.ReadLines(CorpusPath).Where(line => line.Length > 0).Select(Convert.FromHexString)];

    private static string CorpusPath => Path.Combine(Repository.Root, "FlyTftp.Reactive.Tests", "Fuzz", "pipeline.corpus");

    [Test]
    public void No_script_of_the_corpus_breaks_a_rule()
    {
        var features = new HashSet<int>();
        foreach (var script in Corpus) Expect(script, features, $"corpus {Convert.ToHexString(script)}");
        TestContext.Out.WriteLine($"{Corpus.Length} scripts, {features.Count} features");
        // The corpus is worth something: it leads into most of what has ever been met.
        Assert.That(features, Has.Count.GreaterThan(300));
    }

    [Test]
    public void No_new_script_breaks_a_rule()
    {
        var (first, end) = Numbers();
        var (known, corpus, watch) = (new HashSet<int>(), new List<byte[]>(Corpus), Stopwatch.StartNew());
        foreach (var script in Corpus) PipelineScript.Run(script, known);
        var found = Environment.GetEnvironmentVariable("FLYTFTP_FUZZ_CORPUS");
        for (var number = first; number < end; number++)
        {
            // Without a file to collect them in, the same number is the same script in every run.
            var script = ScriptMutator.Make(found is null ? Corpus : corpus, number);
            var before = known.Count;
            Expect(script, known, $"script {number}, {Convert.ToHexString(script)}");
            if (found is null || known.Count == before) continue;
            corpus.Add(script);
            File.AppendAllLines(found, [Convert.ToHexString(script)]);
        }

        TestContext.Out.WriteLine($"scripts {first}..{end}, {watch.Elapsed.TotalSeconds:F1} s, {known.Count} features, no fault");
    }

    private static void Expect(byte[] script, HashSet<int> features, string name)
    {
        if (PipelineScript.Run(script, features) is not { } violation) return;
        var trace = new List<string>();
        PipelineScript.Run(script, features, trace);
        Assert.Fail($"{violation}\n{name}\n{string.Join('\n', trace.TakeLast(60))}");
    }

    private static (long First, long End) Numbers()
    {
        if (Environment.GetEnvironmentVariable("FLYTFTP_FUZZ") is not { Length: > 0 } text) return (0, FewInputs);
        var range = text.Split("..");
        return range.Length == 2 ? (long.Parse(range[0]), long.Parse(range[1])) : (0, long.Parse(text));
    }
}
