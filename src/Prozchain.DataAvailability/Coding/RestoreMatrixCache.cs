using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The matrices used last, by known and wanted shards. A pattern has four places to be; a new one takes the place that is next
/// in turn. Entries are immutable and places are written whole, so that it needs no lock; a hit allocates nothing.
/// </summary>
internal sealed class RestoreMatrixCache
{
    private const int Ways = 4;

    private readonly RestoreMatrix?[] _places;
    private uint _turn;

    /// <param name="capacity">Matrices held at most, rounded up to a power of two of at least 4.</param>
    public RestoreMatrixCache(int capacity) => _places = new RestoreMatrix?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, Ways))];

    public RestoreMatrix Get(in ShardSet known, in ShardSet wanted)
    {
        int first = (int)((uint)(known.GetHashCode() * 31 + wanted.GetHashCode()) % (uint)(_places.Length / Ways)) * Ways;
        for (int way = 0; way < Ways; way++)
            if (Volatile.Read(ref _places[first + way]) is { } kept && kept.Is(known, wanted)) return kept;

        var made = new RestoreMatrix(known, wanted);
        Volatile.Write(ref _places[first + (int)(Interlocked.Increment(ref _turn) % Ways)], made);
        return made;
    }
}
