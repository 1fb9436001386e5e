using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>What verifying an <see cref="AttestationCertificate"/> found.</summary>
public enum AttestationResult : byte
{
    /// <summary>A quorum of the committee signed the statement.</summary>
    Valid,

    /// <summary>The committee is that of another shard or epoch, or has another number of members.</summary>
    WrongCommittee,

    /// <summary>The signers hold fewer seats than <see cref="Committee.Quorum"/>.</summary>
    TooFewSeats,

    /// <summary>A signature is not its member's.</summary>
    BadSignature,
}

/// <summary>A statement with the signatures of a quorum of its attesters, of any known scheme. Immutable.</summary>
public sealed class AttestationCertificate
{
    private const int SignatureSize = SignatureSchemes.P256SignatureSize;

    private readonly byte[] _signers;
    private readonly byte[] _signatures;

    private AttestationCertificate(in Attestation statement, int members, byte[] signers, byte[] signatures)
    {
        Statement = statement;
        Members = members;
        _signers = signers;
        _signatures = signatures;
    }

    /// <summary>What is attested.</summary>
    public Attestation Statement { get; }

    /// <summary>Number of members of the committee, signers or not.</summary>
    public int Members { get; }

    /// <summary>Number of members that signed.</summary>
    public int Signers => _signatures.Length / SignatureSize;

    internal int EncodedLength => Attestation.Size + sizeof(ushort) + _signers.Length + _signatures.Length;

    /// <summary>Puts signatures together. They are not checked here.</summary>
    /// <param name="statement">What is attested.</param>
    /// <param name="members">Number of members of the committee.</param>
    /// <param name="signatures">Of each signer the index in the committee and 65 bytes with the scheme byte, by ascending index.</param>
    /// <exception cref="ArgumentException">An index is out of range or order, or a signature has another length.</exception>
    public static AttestationCertificate Assemble(in Attestation statement, int members, IReadOnlyList<(int Member, ReadOnlyMemory<byte> Signature)> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        if (members is < 1 or > WireLimits.MaxMembers) throw new ArgumentException($"Expected 1 to {WireLimits.MaxMembers} members, got {members}.", nameof(members));
        var signers = new byte[(members + 7) / 8];
        var bytes = new byte[signatures.Count * SignatureSize];
        for (int i = 0, last = -1; i < signatures.Count; last = signatures[i++].Member)
        {
            (int member, ReadOnlyMemory<byte> signature) = signatures[i];
            if (member <= last || member >= members) throw new ArgumentException($"Expected members in ascending order below {members}, got {member} after {last}.", nameof(signatures));
            if (signature.Length != SignatureSize) throw new ArgumentException($"Expected signatures of {SignatureSize} bytes, got {signature.Length}.", nameof(signatures));
            signers[member >> 3] |= (byte)(1 << (member & 7));
            signature.Span.CopyTo(bytes.AsSpan(i * SignatureSize));
        }
        return new AttestationCertificate(statement, members, signers, bytes);
    }

    /// <summary>Holds the certificate against its committee.</summary>
    /// <param name="committee">The attesters of the statement's shard and epoch.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="maxDegreeOfParallelism">How many threads may verify; 1 is serial.</param>
    public AttestationResult Verify(Committee committee, ISignatureVerifier verifier, int maxDegreeOfParallelism = 1)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(verifier);
        if (committee.Shard != Statement.Shard || committee.Epoch != Statement.Epoch || committee.Members.Count != Members) return AttestationResult.WrongCommittee;
        byte[] message = Statement.SigningDigest.Span.ToArray();
        var batch = new SignedMessage[Signers];
        int seats = 0, at = 0;
        for (int i = 0; i < Members; i++)
        {
            if ((_signers[i >> 3] >> (i & 7) & 1) == 0) continue;
            seats += committee.Members[i].Seats;
            batch[at] = new SignedMessage(committee.Members[i].PublicKey, message, _signatures.AsMemory(at * SignatureSize, SignatureSize));
            at++;
        }
        if (seats < committee.Quorum) return AttestationResult.TooFewSeats;
        var valid = new bool[batch.Length];
        verifier.VerifyMany(batch, valid, maxDegreeOfParallelism);
        return valid.AsSpan().Contains(false) ? AttestationResult.BadSignature : AttestationResult.Valid;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Span<byte> statement = stackalloc byte[Attestation.Size];
        Statement.WriteTo(statement);
        writer.WriteSpan(statement);
        writer.WriteUInt16((ushort)Members);
        writer.WriteSpan(_signers);
        writer.WriteSpan(_signatures);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="certificate">The certificate, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out AttestationCertificate certificate)
    {
        certificate = null;
        ReadResult result = Attestation.TryRead(source[..Math.Min(source.Length, Attestation.Size)], out Attestation statement);
        if (result != ReadResult.Ok) return result;
        var reader = new WireReader(source[Attestation.Size..]);
        if (!reader.TryReadUInt16(out ushort members)) return ReadResult.Truncated;
        if (members == 0) return ReadResult.NotCanonical;
        if (members > WireLimits.MaxMembers) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((members + 7) / 8, out ReadOnlySpan<byte> signers)) return ReadResult.Truncated;
        if ((members & 7) != 0 && signers[^1] >> (members & 7) != 0) return ReadResult.NotCanonical;
        int count = 0;
        foreach (byte bits in signers) count += BitOperations.PopCount(bits);
        if (!reader.TryReadSpan(count * SignatureSize, out ReadOnlySpan<byte> signatures)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        certificate = new AttestationCertificate(statement, members, signers.ToArray(), signatures.ToArray());
        return ReadResult.Ok;
    }
}
