using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Who validates in one epoch, with the stake of each as far as it counts, by public key. A set is fixed before the
/// epoch and does not change in it. Immutable. Wire form: docs/formats/sharding-beacon.md.
/// </summary>
public sealed class ValidatorSet
{
    internal ValidatorSet(Validator[] members)
    {
        Members = members;
        foreach (Validator member in members) TotalStake += member.Stake;
        Digest = new Digest(Domains.ValidatorSet.Hash(BeaconWire.Encode(Write)));
    }

    /// <summary>The validators, sorted by public key.</summary>
    public IReadOnlyList<Validator> Members { get; }

    /// <summary>Sum of the stakes, below 2^63.</summary>
    public ulong TotalStake { get; }

    /// <summary>Names the set: a hash over its wire form. What a light client trusts.</summary>
    public Digest Digest { get; }

    /// <summary>Place of a key among the members; negative if it is none.</summary>
    /// <param name="publicKey">Public key with its scheme byte.</param>
    public int IndexOf(ReadOnlySpan<byte> publicKey)
    {
        int low = 0, high = Members.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2, order = Members[middle].PublicKey.Span.SequenceCompareTo(publicKey);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteVarint((ulong)Members.Count);
        foreach (Validator member in Members)
        {
            BeaconWire.WriteBytes(output, member.PublicKey.Span);
            writer.WriteUInt64(member.Stake);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="set">The set, when the result is <see cref="ReadResult.Ok"/>; its <see cref="Digest"/> says whether it is the right one.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out ValidatorSet set) =>
        BeaconWire.ReadWhole(source, Read, out set);

    internal static ReadResult Read(ref WireReader reader, out ValidatorSet set)
    {
        set = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxValidators, 1 + sizeof(ulong), ReadMember, out Validator[] members);
        if (result != ReadResult.Ok) return result;
        ulong total = 0;
        for (int i = 0; i < members.Length; i++)
        {
            if (i > 0 && members[i - 1].PublicKey.Span.SequenceCompareTo(members[i].PublicKey.Span) >= 0) return ReadResult.NotCanonical;
            if (members[i].Stake is 0 or > long.MaxValue || (total += members[i].Stake) > long.MaxValue) return ReadResult.NotCanonical;
        }
        set = new ValidatorSet(members);
        return ReadResult.Ok;
    }

    private static ReadResult ReadMember(ref WireReader reader, out Validator member)
    {
        member = null!;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadUInt64(out ulong stake)) return ReadResult.Truncated;
        member = new Validator(key, stake);
        return ReadResult.Ok;
    }
}
