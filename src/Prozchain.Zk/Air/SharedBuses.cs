using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Zk.Air;

/// <summary>
/// The buses over which the proofs of a list exchange messages: what one proof sends another may receive. A table with an interaction on one of
/// them is <em>early</em>: its columns are committed to before the challenges of these buses are drawn, which all proofs of the list share
/// (docs/air.md, "Shared buses").
/// </summary>
/// <remarks>
/// Immutable and thread-safe. All keys of a list are made with equal ones: the place in the order is a bus' number. The same AIRs without them
/// make a key whose proofs stand alone.
/// </remarks>
public sealed class SharedBuses
{
    /// <summary>The most that <see cref="LogMessages"/> may be: multiplicities must not wrap around a field of 31 bits.</summary>
    public const int MaxLogMessages = 30;

    private readonly Dictionary<Bus, int> _numbers = [];
    private readonly Bus[] _buses;

    /// <summary>Some buses, in order.</summary>
    /// <param name="buses">At least one, each once.</param>
    /// <param name="logMessages">log2 of the most messages on them in all proofs of a list: interactions times rows, used or not.</param>
    /// <exception cref="ArgumentException">There is no bus, one occurs twice or has no elements, or the messages are out of range.</exception>
    public SharedBuses(IReadOnlyList<Bus> buses, int logMessages)
    {
        ArgumentNullException.ThrowIfNull(buses);
        if (buses.Count == 0) throw new ArgumentException("Expected at least one shared bus, got none.", nameof(buses));
        if (logMessages is < 0 or > MaxLogMessages) throw new ArgumentOutOfRangeException(nameof(logMessages), logMessages, $"Expected 0 to {MaxLogMessages}.");
        (_buses, LogMessages) = ([.. buses], logMessages);
        foreach (Bus bus in _buses)
        {
            if (bus.Length < 1) throw new ArgumentException($"Expected at least 1 element on bus {bus.Name}, got {bus.Length}.", nameof(buses));
            if (!_numbers.TryAdd(bus, _numbers.Count)) throw new ArgumentException($"Expected each shared bus once, got {bus.Name} twice.", nameof(buses));
        }
    }

    /// <summary>The buses, by number.</summary>
    public IReadOnlyList<Bus> Buses => _buses;

    /// <summary>log2 of the most messages on these buses in all proofs of a list.</summary>
    public int LogMessages { get; }

    /// <summary>Elements of the longest message.</summary>
    internal int MessageLength => _buses.Max(bus => bus.Length);

    internal bool Has(Bus bus) => _numbers.ContainsKey(bus);

    /// <summary>Whether messages mean the same on both.</summary>
    internal bool IsSame(SharedBuses other) => other == this || (LogMessages == other.LogMessages && _buses.AsSpan().SequenceEqual(other._buses));

    /// <summary>Bytes that two share exactly if they are equal.</summary>
    internal void Describe(IBufferWriter<byte> output)
    {
        WireWriter writer = new(output);
        writer.WriteVarint((uint)_buses.Length);
        foreach (Bus bus in _buses) GraphDescription.WriteBus(bus, writer);
        writer.WriteVarint((uint)LogMessages);
    }
}
