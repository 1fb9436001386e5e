namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What the tables of a state's tree ask others, counted while they are written.</summary>
internal sealed class TrieAsks
{
    /// <summary>By depth: asks of <see cref="RollupBuses.TrieStep"/>.</summary>
    public uint[] Steps { get; } = new uint[TriePlace.Depths];

    /// <summary>By depth: asks of <see cref="RollupBuses.TrieRoom"/>.</summary>
    public uint[] Rooms { get; } = new uint[TriePlace.Depths];

    /// <summary>By depth: asks of <see cref="RollupBuses.AccountRoom"/>.</summary>
    public uint[] AccountRooms { get; } = new uint[TriePlace.Depths];

    /// <summary>By value: asks of a range of 15 bits.</summary>
    public uint[] Values { get; } = new uint[Limbs.Radix];

    /// <summary>Leaves under hashed keys, each a state key and its value's digest: asks of <see cref="RollupBuses.CompressM"/>.</summary>
    public List<(Eight Key, Eight Value)> Leaves { get; } = [];

    /// <summary>Asks for an offset behind a place, and for what is left of the room there: both below 2^15, or both 30 bits as two limbs, the high ones together too.</summary>
    public void Offset(uint offset, uint room, bool isWide)
    {
        foreach (uint value in (ReadOnlySpan<uint>)[offset, room - 1 - offset])
        {
            Values[value % Limbs.Radix]++;
            if (isWide) Values[value / Limbs.Radix]++;
        }
        if (isWide) Values[offset / Limbs.Radix + (room - 1 - offset) / Limbs.Radix]++;
    }
}
