using System.Buffers;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// Votes of a committee for one header: which members, and their signatures. Not covered by any hash, so that two
/// different quorums certify the same header. Immutable. Wire form: docs/formats/sharding-certificate.md.
/// </summary>
public sealed class Certificate
{
    private readonly byte[] _voters;
    private readonly ReadOnlyMemory<byte>[] _signatures;

    private Certificate(in Digest headerHash, int members, byte[] voters, ReadOnlyMemory<byte>[] signatures)
    {
        HeaderHash = headerHash;
        Members = members;
        _voters = voters;
        _signatures = signatures;
    }

    /// <summary>The header that is certified.</summary>
    public Digest HeaderHash { get; }

    /// <summary>Number of members of the committee, voters or not.</summary>
    public int Members { get; }

    /// <summary>Number of members that signed.</summary>
    public int Votes => _signatures.Length;

    internal int EncodedLength => 1 + Digest.Size + sizeof(ushort) + _voters.Length + _signatures.Length * SignatureSchemes.P256SignatureSize;

    /// <summary>Puts votes together. The signatures are not checked here.</summary>
    /// <param name="committee">The committee.</param>
    /// <param name="headerHash">Hash of the header that the votes are for.</param>
    /// <param name="votes">The votes, each member at most once, in any order.</param>
    /// <exception cref="ArgumentException">A vote is from no member, doubled, or of the wrong length.</exception>
    public static Certificate Assemble(Committee committee, in Digest headerHash, IReadOnlyList<Vote> votes)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(votes);
        int members = committee.Members.Count;
        var voters = new byte[(members + 7) / 8];
        var sorted = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        foreach (Vote vote in votes)
        {
            if (vote.Member < 0 || vote.Member >= members) throw new ArgumentException($"Expected members 0 to {members - 1}, got {vote.Member}.", nameof(votes));
            if (vote.Signature.Length != SignatureSchemes.P256SignatureSize || vote.Signature.Span[0] != SignatureSchemes.P256)
                throw new ArgumentException($"Expected signatures of {SignatureSchemes.P256SignatureSize} bytes of scheme {SignatureSchemes.P256}, got {vote.Signature.Length} bytes.", nameof(votes));
            if (!sorted.TryAdd(vote.Member, vote.Signature)) throw new ArgumentException($"Expected one vote of each member, got two of {vote.Member}.", nameof(votes));
            voters[vote.Member >> 3] |= (byte)(1 << (vote.Member & 7));
        }
        return new Certificate(headerHash, members, voters, [.. sorted.Values]);
    }

    /// <summary>Checks the certificate against a header and its committee.</summary>
    /// <param name="committee">The committee of the header's shard and epoch.</param>
    /// <param name="headerHash">Hash of the header.</param>
    /// <param name="verifier">Checks signatures.</param>
    public CertificateResult Verify(Committee committee, in Digest headerHash, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        var batch = new List<SignedMessage>();
        CertificateResult shape = CheckShape(committee, headerHash, batch);
        if (shape != CertificateResult.Valid) return shape;
        var valid = new bool[batch.Count];
        verifier.VerifyMany(batch.ToArray(), valid);
        return Array.IndexOf(valid, false) < 0 ? CertificateResult.Valid : CertificateResult.BadSignature;
    }

    /// <summary>Everything but the signatures, which are added to a batch for the caller to verify.</summary>
    internal CertificateResult CheckShape(Committee committee, in Digest headerHash, List<SignedMessage> batch)
    {
        ArgumentNullException.ThrowIfNull(committee);
        if (HeaderHash != headerHash) return CertificateResult.WrongHeader;
        if (Members != committee.Members.Count) return CertificateResult.WrongCommittee;
        byte[] message = Vote.MessageFor(headerHash).Span.ToArray();
        int seats = 0, signature = 0;
        for (int i = 0; i < Members; i++)
        {
            if ((_voters[i >> 3] >> (i & 7) & 1) == 0) continue;
            seats += committee.Members[i].Seats;
            batch.Add(new SignedMessage(committee.Members[i].PublicKey, message, _signatures[signature++]));
        }
        return seats >= committee.Quorum ? CertificateResult.Valid : CertificateResult.TooFewSeats;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteBytes32(HeaderHash.Bytes);
        writer.WriteUInt16((ushort)Members);
        writer.WriteSpan(_voters);
        foreach (ReadOnlyMemory<byte> signature in _signatures) writer.WriteSpan(signature.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="certificate">The certificate, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out Certificate certificate)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out certificate!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        certificate = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out Certificate certificate)
    {
        certificate = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadBytes32(out Bytes32 hash) || !reader.TryReadUInt16(out ushort members)) return ReadResult.Truncated;
        if (members == 0) return ReadResult.NotCanonical;
        if (members > WireLimits.MaxMembers) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((members + 7) / 8, out ReadOnlySpan<byte> voters)) return ReadResult.Truncated;
        if ((members & 7) != 0 && voters[^1] >> (members & 7) != 0) return ReadResult.NotCanonical;
        int votes = 0;
        foreach (byte bits in voters) votes += BitOperations.PopCount(bits);
        if (votes * SignatureSchemes.P256SignatureSize > reader.Remaining) return ReadResult.Truncated;
        var signatures = new ReadOnlyMemory<byte>[votes];
        for (int i = 0; i < votes; i++)
        {
            reader.TryReadSpan(SignatureSchemes.P256SignatureSize, out ReadOnlySpan<byte> signature);
            if (!SignatureSchemes.IsKnown(signature[0])) return ReadResult.UnknownScheme;
            signatures[i] = signature.ToArray();
        }
        certificate = new Certificate(new Digest(hash), members, voters.ToArray(), signatures);
        return ReadResult.Ok;
    }
}
