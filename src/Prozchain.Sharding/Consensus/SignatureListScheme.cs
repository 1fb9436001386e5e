using System.Numerics;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// The default <see cref="ICertificateScheme"/>: a share is a signature, a certificate is a bitmap of the members that
/// signed (least significant bit first) and their signatures in the order of members.
/// </summary>
public sealed class SignatureListScheme : ICertificateScheme, IAttributableScheme
{
    /// <summary>Length in bytes, with the scheme byte, of signatures of schemes 1 (P-256) and 2 (Ed25519).</summary>
    public const int DefaultSignatureSize = 65;

    private readonly Committee _committee;
    private readonly ISigner? _signer;
    private readonly ISignatureVerifier _verifier;
    private readonly int _size, _bitmap;
    private readonly SignedMessage[] _batch;
    private readonly bool[] _valid;
    private readonly byte[] _message = new byte[Digest.Size];
    private readonly byte[] _certificate;

    /// <summary>Makes the scheme of one committee.</summary>
    /// <param name="committee">The members and their keys.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="signer">The own member's key; null for a node that only checks.</param>
    /// <param name="signatureSize">Bytes of every member's signature, with the scheme byte.</param>
    public SignatureListScheme(Committee committee, ISignatureVerifier verifier, ISigner? signer = null, int signatureSize = DefaultSignatureSize)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(signatureSize);
        (_committee, _verifier, _signer, _size) = (committee, verifier, signer, signatureSize);
        int members = committee.Members.Count;
        _bitmap = (members + 7) / 8;
        _batch = new SignedMessage[members];
        _valid = new bool[members];
        Sizes = new CertificateSizes(signatureSize, _bitmap + members * signatureSize);
        _certificate = new byte[Sizes.MaxCertificate];
    }

    /// <inheritdoc/>
    public CertificateSizes Sizes { get; }

    /// <inheritdoc/>
    public void SignShare(ReadOnlySpan<byte> message, Span<byte> share) =>
        (_signer ?? throw new InvalidOperationException("Expected a scheme with a key, got one that only checks.")).Sign(message, share);

    /// <inheritdoc/>
    public bool VerifyShares(ReadOnlySpan<byte> message, ReadOnlySpan<CertificateShare> shares)
    {
        if (message.Length != Digest.Size || shares.Length > _batch.Length) return false;
        for (int i = 0; i < shares.Length; i++)
        {
            if ((uint)shares[i].Member >= (uint)_batch.Length || shares[i].Share.Length != _size) return false;
            _batch[i] = new SignedMessage(_committee.Members[shares[i].Member].PublicKey, _message, shares[i].Share);
        }
        return VerifyBatch(message, shares.Length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The members do not ascend, a share has another length, or there is too little room.</exception>
    public int Combine(ReadOnlySpan<byte> message, ReadOnlySpan<CertificateShare> shares, Span<byte> certificate)
    {
        int length = _bitmap + shares.Length * _size, last = -1;
        if (certificate.Length < length) throw new ArgumentException($"Expected room for {length} bytes, got {certificate.Length}.", nameof(certificate));
        certificate[.._bitmap].Clear();
        Span<byte> at = certificate[_bitmap..];
        foreach (CertificateShare share in shares)
        {
            if (share.Member <= last || share.Member >= _batch.Length || share.Share.Length != _size)
                throw new ArgumentException($"Expected shares of {_size} bytes by ascending members below {_batch.Length}, got {share.Share.Length} bytes of member {share.Member} after {last}.", nameof(shares));
            last = share.Member;
            certificate[last >> 3] |= (byte)(1 << (last & 7));
            share.Share.Span.CopyTo(at);
            at = at[_size..];
        }
        return length;
    }

    /// <inheritdoc/>
    public int Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> certificate, ReadOnlySpan<bool> weightless = default)
    {
        int members = _batch.Length;
        if (message.Length != Digest.Size || certificate.Length < _bitmap || certificate.Length > _certificate.Length) return 0;
        if ((members & 7) != 0 && certificate[_bitmap - 1] >> (members & 7) != 0) return 0;
        int votes = 0, seats = 0, batch = 0;
        foreach (byte bits in certificate[.._bitmap]) votes += BitOperations.PopCount(bits);
        if (votes == 0 || certificate.Length != _bitmap + votes * _size) return 0;
        certificate.CopyTo(_certificate);
        for (int i = 0; i < members; i++)
        {
            if ((_certificate[i >> 3] >> (i & 7) & 1) == 0) continue;
            CommitteeMember member = _committee.Members[i];
            if (weightless.IsEmpty || !weightless[i]) seats += member.Seats;
            _batch[batch] = new SignedMessage(member.PublicKey, _message, _certificate.AsMemory(_bitmap + batch * _size, _size));
            batch++;
        }
        return VerifyBatch(message, votes) ? seats : 0;
    }

    /// <inheritdoc/>
    public bool Counts(ReadOnlySpan<byte> certificate, int member) =>
        (uint)member < (uint)_batch.Length && certificate.Length >= _bitmap && (certificate[member >> 3] >> (member & 7) & 1) != 0;

    private bool VerifyBatch(ReadOnlySpan<byte> message, int count)
    {
        message.CopyTo(_message);
        _verifier.VerifyMany(_batch.AsMemory(0, count), _valid.AsMemory(0, count));
        return !_valid.AsSpan(0, count).Contains(false);
    }
}
