using System.Numerics;

namespace FlyTftp.Reactive.Server.Loop;

/// <summary>
/// A hashed timing wheel (Varghese and Lauck): adding and cancelling a timer is O(1) whatever their number, and finding the next one due is a
/// scan of 64 words. Resolution 1 ms, and never early; a timer farther away than one turn (4.096 s) is met and passed over once a turn.
/// Timers of the same millisecond fire in the order in which they were added. Not thread-safe: it belongs to one loop.
/// </summary>
internal sealed class TimingWheel
{
    private const int Slots = 4096, SlotMask = Slots - 1;

    private readonly WheelTimer?[] _slots = new WheelTimer?[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];

    /// <summary>The millisecond up to which everything due has fired.</summary>
    private long _now;

    public int Count { get; private set; }

    /// <summary>Adds a timer that fires in the first <see cref="Advance"/> to <paramref name="due"/> (ms) or later.</summary>
    public void Add(WheelTimer timer, long due)
    {
        timer.Due = Math.Max(due, _now + 1);
        var slot = (int)(timer.Due & SlotMask);
        Link(slot, timer);
        timer.Wheel = this;
        Count++;
    }

    /// <summary>Fires what is due, oldest first. Timers added meanwhile fire too if they are due.</summary>
    public void Advance(long now)
    {
        // After a long sleep one turn meets every slot; more would meet them again for nothing.
        _now = Math.Max(_now, now - Slots);
        while (_now < now)
        {
            if (Count == 0)
            {
                _now = now;
                return;
            }

            _now++;
            FireSlot((int)(_now & SlotMask));
        }
    }

    /// <summary>Milliseconds until a timer may be due, seen from <paramref name="now"/>; <c>null</c> when there is none.</summary>
    public long? NextAfter(long now)
    {
        if (Count == 0) return null;
        var start = (int)((_now + 1) & SlotMask);
        for (var distance = 0; distance < Slots;)
        {
            var slot = (start + distance) & SlotMask;
            var word = _occupied[slot >> 6] >> (slot & 63);
            if (word != 0)
            {
                distance += BitOperations.TrailingZeroCount(word);
                return Math.Max(0, _now + 1 + distance - now);
            }

            distance += 64 - (slot & 63);
        }

        return Slots;
    }

    internal void Remove(WheelTimer timer)
    {
        Unlink((int)(timer.Due & SlotMask), timer);
        timer.Wheel = null;
        Count--;
    }

    private void FireSlot(int slot)
    {
        while (FirstDue(slot) is { } timer)
        {
            Remove(timer);
            timer.Fire();
        }
    }

    private WheelTimer? FirstDue(int slot)
    {
        var head = _slots[slot];
        if (head is null) return null;
        // Later turns' timers stand in the same slot. Those behind a due one may be due as well: the order of adding is kept.
        var timer = head;
        do
        {
            if (timer.Due <= _now) return timer;
            timer = timer.Next!;
        }
        while (timer != head);
        return null;
    }

    // A slot is a ring: head, then in order of adding; head.Previous is the last.
    private void Link(int slot, WheelTimer timer)
    {
        if (_slots[slot] is { } head)
        {
            timer.Next = head;
            timer.Previous = head.Previous;
            head.Previous!.Next = timer;
            head.Previous = timer;
            return;
        }

        timer.Next = timer.Previous = timer;
        _slots[slot] = timer;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
    }

    private void Unlink(int slot, WheelTimer timer)
    {
        if (timer.Next == timer)
        {
            _slots[slot] = null;
            _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        }
        else
        {
            timer.Previous!.Next = timer.Next;
            timer.Next!.Previous = timer.Previous;
            if (_slots[slot] == timer) _slots[slot] = timer.Next;
        }

        timer.Next = timer.Previous = null;
    }
}
