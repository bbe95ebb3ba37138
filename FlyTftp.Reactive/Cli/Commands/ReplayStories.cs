using System.Globalization;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Ladders;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>Prints the boots of a capture, one line a step, and keeps them for the page.</summary>
internal sealed class ReplayStories(bool isKept)
{
    private const int MaxKept = 500;

    private readonly List<LadderStory> _kept = [];

    public IReadOnlyList<LadderStory> Kept => _kept;

    public int LeftOut { get; private set; }

    /// <param name="start">The capture's first packet.</param>
    public void Tell(Boot boot, DateTimeOffset start, TextWriter output)
    {
        output.WriteLine(boot.Title);
        foreach (var step in boot.Steps)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(step.At - start).TotalSeconds,12:0.000} {(step.IsWrong ? '!' : ' ')} {step.Text}"));
        if (boot.StepsLeftOut > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",14} and {boot.StepsLeftOut} steps more"));
        foreach (var finding in boot.Findings) output.WriteLine($"  finding: {finding.Text}");
        output.WriteLine();
        if (isKept && _kept.Count < MaxKept)
            _kept.Add(new LadderStory(boot.Title, [.. boot.Steps.Select(step => new LadderSentence(step.At - start, step.Text, step.IsWrong))], [.. boot.Findings.Select(static finding => finding.Text)]));
        else if (isKept) LeftOut++;
    }
}
