using System.Buffers;
using System.Buffers.Binary;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// Certificates by a fixed committee, enough of whose members sign that they store the data (docs/formats/rollups-frames.md).
/// As thread-safe as its verifier.
/// </summary>
public sealed class CommitteeCertificates : ICertificateVerifier
{
    /// <summary>Most members of a committee.</summary>
    public const int MaxMembers = 256;

    private const int DigestSize = 32;

    private readonly ulong _chainId;
    private readonly ReadOnlyMemory<byte>[] _members;
    private readonly int _quorum;
    private readonly ISignatureVerifier _verifier;

    /// <summary>A committee.</summary>
    /// <param name="chainId">The rollup.</param>
    /// <param name="members">Public keys, scheme byte first.</param>
    /// <param name="quorum">How many of them it takes.</param>
    /// <param name="verifier">Checks their signatures.</param>
    /// <exception cref="ArgumentException">No members, too many, or a quorum that they cannot make.</exception>
    public CommitteeCertificates(ulong chainId, IEnumerable<ReadOnlyMemory<byte>> members, int quorum, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(verifier);
        _members = [.. members];
        if (_members.Length is 0 or > MaxMembers) throw new ArgumentException($"Expected 1 to {MaxMembers} members, got {_members.Length}.", nameof(members));
        if (quorum < 1 || quorum > _members.Length) throw new ArgumentException($"Expected a quorum of 1 to {_members.Length}, got {quorum}.", nameof(quorum));
        (_chainId, _quorum, _verifier) = (chainId, quorum, verifier);
    }

    private static ReadOnlySpan<byte> Tag => "Prozchain data certificate v0"u8;

    /// <summary>What a member signs.</summary>
    /// <param name="chainId">The rollup.</param>
    /// <param name="digest">Keccak-256 of the data, 32 bytes.</param>
    /// <param name="length">Length of the data in bytes.</param>
    public static byte[] MessageOf(ulong chainId, ReadOnlySpan<byte> digest, int length)
    {
        if (digest.Length != DigestSize) throw new ArgumentException($"Expected {DigestSize} bytes, got {digest.Length}.", nameof(digest));
        var message = new byte[Tag.Length + sizeof(ulong) + DigestSize + sizeof(int)];
        Tag.CopyTo(message);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(Tag.Length), chainId);
        digest.CopyTo(message.AsSpan(Tag.Length + sizeof(ulong)));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(Tag.Length + sizeof(ulong) + DigestSize), length);
        return message;
    }

    /// <summary>Adds a member's signature to a certificate. Members are added in ascending order.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="signature">At most 255 bytes.</param>
    /// <param name="output">The certificate.</param>
    public static void Add(byte member, ReadOnlySpan<byte> signature, IBufferWriter<byte> output)
    {
        if (signature.Length > byte.MaxValue) throw new ArgumentException($"Expected at most {byte.MaxValue} bytes, got {signature.Length}.", nameof(signature));
        output.Write([member, (byte)signature.Length]);
        output.Write(signature);
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> digest, int length, ReadOnlySpan<byte> certificate)
    {
        if (digest.Length != DigestSize || length < 0) return false;
        byte[] message = MessageOf(_chainId, digest, length);
        int count = 0, last = -1;
        while (!certificate.IsEmpty)
        {
            if (certificate.Length < 2 || certificate.Length - 2 < certificate[1]) return false;
            int member = certificate[0], size = certificate[1];
            if (member <= last || member >= _members.Length || !_verifier.Verify(_members[member].Span, message, certificate.Slice(2, size))) return false;
            last = member;
            count++;
            certificate = certificate[(2 + size)..];
        }
        return count >= _quorum;
    }
}
