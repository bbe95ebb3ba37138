using FlyTftp.Reactive.Ladders;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Ladders;

public class LadderRowTests
{
    [Test]
    public void Ten_thousand_equal_datagrams_fold_into_a_few_rows()
    {
        var steps = SampleLadder.Windowed().Views[0].Steps;
        var rows = LadderRow.Bundle(steps);
        var folds = LadderFold.Find(rows);
        Assert.That(steps, Has.Count.EqualTo(10_005));
        Assert.That(rows[3].Label, Is.EqualTo("DATA 1..4 (5872 bytes)"));
        Assert.That(folds.Where(static fold => fold.Count > 1).Select(static fold => fold.Exchanges), Is.EqualTo(new[] { 1998 }));
        Assert.That(folds, Has.Count.LessThan(12));
    }

    [Test]
    public void No_row_is_lost_in_a_fold_or_stands_twice()
    {
        var rows = LadderRow.Bundle(SampleLadder.Windowed().Views[0].Steps);
        var next = 0;
        foreach (var fold in LadderFold.Find(rows))
        {
            Assert.That(fold.First, Is.EqualTo(next));
            next += fold.Count;
        }

        Assert.That(next, Is.EqualTo(rows.Count));
    }

    [Test]
    public void A_repeat_is_never_folded_away()
    {
        foreach (var session in SampleLadder.Page().Sessions)
        {
            var rows = LadderRow.Bundle(session.Views[0].Steps);
            foreach (var fold in LadderFold.Find(rows).Where(static fold => fold.Count > 1))
                Assert.That(rows.Skip(fold.First).Take(fold.Count).Select(static row => row.First.Mark), Is.All.EqualTo(LadderMark.None));
        }
    }
}
