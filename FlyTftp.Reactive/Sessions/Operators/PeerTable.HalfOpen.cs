using System.Reactive.Concurrency;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Recovery;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Sessions whose peers have not answered: the latest keep their query, and of the others hardly more than the request is left, which their peers
    /// bring back to life. So a flood of forged requests costs a few hundred bytes each.
    /// </summary>
    private sealed partial class PeerTable
    {
        private readonly LinkedList<PeerSession> _queries = new();

        // Those without a query by when their reply was sent, to be sent once more; and how many of them there are, with those that is done for.
        private readonly LinkedList<PeerSession> _repeats = new();
        private int _suspended;
        private IDisposable? _timer;
        private DateTimeOffset _timerDue;

        /// <summary>At the end of the turn: a session must not end inside the delivery of what it has emitted.</summary>
        public IDisposable SuspendSoon(PeerSession session) => scheduler.Schedule(() => Suspend(session, isLast: true));

        private void KeepQuery(PeerSession session)
        {
            // Nobody forges from loopback.
            if (session.IsOver || session.Peer.IsTrusted || session.Peer.HasAcknowledged || session.InLine is not null) return;
            session.InLine = _queries.AddLast(session);
            while (_queries.Count > limits.HalfOpenQueries && _queries.First is { } oldest)
            {
                LeaveLine(oldest.Value);
                Suspend(oldest.Value);
            }
        }

        private void Suspend(PeerSession session, bool isLast = false)
        {
            if (session.IsOver || session.IsSuspended) return;
            session.Suspend(orLater: !isLast);
            if (!session.IsSuspended) return;
            LeaveLine(session);
            _suspended++;
            var peer = session.Peer;
            if (limits.Retries > 0 && peer.HalfOpen!.Retransmissions == 0 && peer.IsFreeOf(peer.SentBytes)) session.InLine = _repeats.AddLast(session);
            ScheduleNext();
        }

        private void Resume(PeerSession session, Packet? packet)
        {
            LeaveLine(session);
            Forget();
            session.Resume(serve, packet, scheduler.Now);
            if (session.Peer.HasAcknowledged) Answered(session);
            else KeepQuery(session);
        }

        /// <summary>Its peer has answered: it is like any other from now on.</summary>
        private void Answered(PeerSession session)
        {
            _places.Answered(session);
            LeaveLine(session);
        }

        /// <summary>Who is over must not be kept by the line it stood in: there may be thousands a second.</summary>
        private static void LeaveLine(PeerSession session)
        {
            if (session.InLine is not { } place) return;
            place.List!.Remove(place);
            session.InLine = null;
        }

        private static DateTimeOffset RepeatDue(PeerSession session) => session.Peer.SentAt + RetransmissionTimer.Initial;

        /// <summary>One that had no query has one again, or is over.</summary>
        private void Forget()
        {
            if (--_suspended > 0) return;
            _timer?.Dispose();
            _timer = null;
        }

        /// <summary>One timer for all of them, as all wait as long as each other.</summary>
        private void ScheduleNext()
        {
            DateTimeOffset? next = _repeats.First is { } repeat ? RepeatDue(repeat.Value) : null;
            if (next is null && _timer is null && OldestSuspended is { } oldest) next = oldest.Opened + limits.Patience;
            if (next is not { } due || (_timer is not null && _timerDue <= due)) return;
            _timer?.Dispose();
            (_timerDue, _timer) = (due, scheduler.Schedule(due > scheduler.Now ? due : scheduler.Now, Expire));
        }

        private PeerSession? OldestSuspended => (PeerSession?)_places.Unknown.FirstOrDefault(static holder => ((PeerSession)holder).IsSuspended);

        /// <summary>What a session with a query does by itself: its reply is sent once more, where that is free, and it is not waited for without end.</summary>
        private void Expire()
        {
            // Whatever is done here schedules no other.
            _timerDue = DateTimeOffset.MinValue;
            while (_repeats.First is { } repeat && RepeatDue(repeat.Value) <= scheduler.Now) Resume(repeat.Value, null);

            while (OldestSuspended is { } oldest && scheduler.Now - oldest.Opened >= limits.Patience) Finish(oldest, Outcome.GaveUp, null);
            if (_timerDue == DateTimeOffset.MinValue) _timer = null;
            ScheduleNext();
        }
    }
}
