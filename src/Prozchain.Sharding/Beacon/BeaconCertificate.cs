using System.Buffers;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Votes of the pool for one beacon header: which validators of the epoch's set, and their signatures, of any scheme.
/// Holds if the voters' stake is a <see cref="BeaconQuorum"/> of the set's. Under no hash: different quorums certify
/// the same header. Immutable. Wire form: docs/formats/sharding-beacon.md.
/// </summary>
public sealed class BeaconCertificate
{
    private readonly byte[] _voters;
    private readonly ReadOnlyMemory<byte>[] _signatures;

    private BeaconCertificate(in Digest headerHash, int members, byte[] voters, ReadOnlyMemory<byte>[] signatures)
    {
        HeaderHash = headerHash;
        Members = members;
        _voters = voters;
        _signatures = signatures;
    }

    /// <summary>The header that is certified.</summary>
    public Digest HeaderHash { get; }

    /// <summary>Number of validators of the set, voters or not.</summary>
    public int Members { get; }

    /// <summary>Number of validators that signed.</summary>
    public int Votes => _signatures.Length;

    /// <summary>What a vote signs. Chain, height and epoch are in the header.</summary>
    /// <param name="headerHash">Hash of the header.</param>
    public static Digest MessageFor(in Digest headerHash) => new(Domains.BeaconVote.Hash(headerHash.Span));

    /// <summary>Puts votes together. The signatures are not checked here.</summary>
    /// <param name="set">The epoch's validators.</param>
    /// <param name="headerHash">Hash of the header.</param>
    /// <param name="votes">Index into the set and signature over <see cref="MessageFor"/>, each validator at most once, in any order.</param>
    /// <exception cref="ArgumentException">A vote is of no member, doubled, or no signature's length.</exception>
    public static BeaconCertificate Assemble(ValidatorSet set, in Digest headerHash, IReadOnlyList<CertificateShare> votes)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(votes);
        int members = set.Members.Count;
        var voters = new byte[(members + 7) / 8];
        var sorted = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        foreach (CertificateShare vote in votes)
        {
            if (vote.Member < 0 || vote.Member >= members) throw new ArgumentException($"Expected members 0 to {members - 1}, got {vote.Member}.", nameof(votes));
            if (vote.Share.Length is 0 or > BeaconWire.MaxSignatureBytes) throw new ArgumentException($"Expected signatures of 1 to {BeaconWire.MaxSignatureBytes} bytes, got {vote.Share.Length}.", nameof(votes));
            if (!sorted.TryAdd(vote.Member, vote.Share)) throw new ArgumentException($"Expected one vote of each member, got two of {vote.Member}.", nameof(votes));
            voters[vote.Member >> 3] |= (byte)(1 << (vote.Member & 7));
        }
        return new BeaconCertificate(headerHash, members, voters, [.. sorted.Values]);
    }

    /// <summary>Checks the certificate against a header and the validators of its epoch.</summary>
    /// <param name="set">The validators of the header's epoch.</param>
    /// <param name="headerHash">Hash of the header.</param>
    /// <param name="verifier">Checks signatures.</param>
    public CertificateResult Verify(ValidatorSet set, in Digest headerHash, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(verifier);
        if (HeaderHash != headerHash) return CertificateResult.WrongHeader;
        if (Members != set.Members.Count) return CertificateResult.WrongCommittee;
        byte[] message = MessageFor(headerHash).Span.ToArray();
        var batch = new SignedMessage[_signatures.Length];
        ulong stake = 0;
        for (int i = 0, at = 0; i < Members; i++)
        {
            if ((_voters[i >> 3] >> (i & 7) & 1) == 0) continue;
            stake += set.Members[i].Stake;
            batch[at] = new SignedMessage(set.Members[i].PublicKey, message, _signatures[at]);
            at++;
        }
        if (stake < set.Quorum) return CertificateResult.TooFewSeats;
        var valid = new bool[batch.Length];
        verifier.VerifyMany(batch, valid);
        return Array.IndexOf(valid, false) < 0 ? CertificateResult.Valid : CertificateResult.BadSignature;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteBytes32(HeaderHash.Bytes);
        writer.WriteVarint((ulong)Members);
        writer.WriteSpan(_voters);
        foreach (ReadOnlyMemory<byte> signature in _signatures) BeaconWire.WriteBytes(output, signature.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="certificate">The certificate, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconCertificate certificate) =>
        BeaconWire.ReadWhole(source, Read, out certificate);

    internal static ReadResult Read(ref WireReader reader, out BeaconCertificate certificate)
    {
        certificate = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadBytes32(out Bytes32 hash)) return ReadResult.Truncated;
        result = BeaconWire.ReadCount(ref reader, BeaconLimits.MaxValidators, 0, out int members);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadSpan((members + 7) / 8, out ReadOnlySpan<byte> voters)) return ReadResult.Truncated;
        if ((members & 7) != 0 && voters[^1] >> (members & 7) != 0) return ReadResult.NotCanonical;
        int votes = 0;
        foreach (byte bits in voters) votes += BitOperations.PopCount(bits);
        if (votes * 2 > reader.Remaining) return ReadResult.Truncated;
        var signatures = new ReadOnlyMemory<byte>[votes];
        for (int i = 0; i < votes; i++)
        {
            result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxSignatureBytes, out byte[] signature);
            if (result != ReadResult.Ok) return result;
            if (signature.Length == 0) return ReadResult.NotCanonical;
            signatures[i] = signature;
        }
        certificate = new BeaconCertificate(new Digest(hash), members, voters.ToArray(), signatures);
        return ReadResult.Ok;
    }
}
