using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Ladders;

public class LadderRecorderTests
{
    [Test]
    public void Notices_what_was_sent_before()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        Data(recorder, 1, 1);
        Ack(recorder, 2, 1);
        Data(recorder, 3, 1);
        Data(recorder, 4, 2);
        Ack(recorder, 5, 1);
        Assert.That(Marks(recorder), Is.EqualTo(new[] { LadderMark.None, LadderMark.None, LadderMark.Repeat, LadderMark.None, LadderMark.Repeat }));
        Assert.That(recorder.ToView("").Figures, Is.EqualTo(new LadderFigures(Ms(1), Ms(5), 5, 1024, 2, 0, 0)));
    }

    [Test]
    public void A_block_after_the_rollover_is_no_repeat()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        for (var block = 1; block <= 65_540; block++) Data(recorder, block, block);
        Data(recorder, 65_541, 65_539);
        Assert.That(recorder.ToView("").Figures.Repeats, Is.EqualTo(1));
    }

    [Test]
    public void Measures_a_round_trip_from_the_last_block_of_a_window_and_none_of_what_was_sent_twice()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        Data(recorder, 1, 1);
        Data(recorder, 2, 2);
        Ack(recorder, 5, 2);
        Data(recorder, 6, 3);
        Data(recorder, 106, 3);
        Ack(recorder, 107, 3);
        Assert.That(recorder.ToView("").RoundTrips, Is.EqualTo(new[] { new RoundTripSample(Ms(5), Ms(3)) }));
    }

    [Test]
    public void Beyond_its_budget_it_only_counts()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        for (var number = 0; number < LadderBudget.MaxStepsPerView + 7; number++) Ack(recorder, number, number);
        var view = recorder.ToView("");
        Assert.That((view.Steps.Count, view.Figures.LeftOut), Is.EqualTo((LadderBudget.MaxStepsPerView, 7L)));
    }

    private static void Data(LadderRecorder recorder, int at, int index) =>
        recorder.Add(Ms(at), false, Packet.OfData(BlockNumber.Of(index)), 516, LadderMark.None);

    private static void Ack(LadderRecorder recorder, int at, int index) =>
        recorder.Add(Ms(at), true, Packet.OfAcknowledgment(BlockNumber.Of(index)), 4, LadderMark.None);

    private static IEnumerable<LadderMark> Marks(LadderRecorder recorder) => recorder.ToView("").Steps.Select(static step => step.Mark);

    private static TimeSpan Ms(int number) => TimeSpan.FromMilliseconds(number);
}
