using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// How an epoch's randomness is gathered: slot s of each epoch has a revealer, drawn by stake, whose reveal may be in the
/// epoch's blocks s to s + grace. An honest revealer reveals in block s, not before.
/// </summary>
/// <param name="Scheme">The dialect.</param>
/// <param name="Slots">Reveals of an epoch, 1 to 1,024.</param>
/// <param name="Grace">Blocks that a reveal may come late, so that one proposer cannot shut it out.</param>
public sealed record RevealRules(IRevealScheme Scheme, int Slots, int Grace = 1)
{
    /// <summary>What a reveal is over.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="slot">The slot, from 0.</param>
    public static Digest Message(ulong chainId, ulong epoch, int slot)
    {
        Span<byte> input = stackalloc byte[2 * sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, chainId);
        BinaryPrimitives.WriteUInt64LittleEndian(input[8..], epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(input[16..], (uint)slot);
        return new Digest(Domains.Reveal.Hash(input));
    }

    internal void Check(int blocksPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(Scheme);
        ArgumentOutOfRangeException.ThrowIfLessThan(Slots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Slots, BeaconLimits.MaxReveals);
        ArgumentOutOfRangeException.ThrowIfNegative(Grace);
        if (Slots + Grace > blocksPerEpoch) throw new ArgumentException($"Expected slots and grace to fit into an epoch of {blocksPerEpoch} blocks, got {Slots} + {Grace}.", nameof(blocksPerEpoch));
    }
}
