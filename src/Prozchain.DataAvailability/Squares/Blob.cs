namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// Bytes of one user under one namespace, as a square holds them: a run of shares that begins with its own. The memory
/// is the caller's, which must not change while the blob is in use.
/// </summary>
public sealed class Blob
{
    /// <summary>Bytes of a signer.</summary>
    public const int SignerSize = 20;

    /// <summary>Most bytes of a blob: what 512 × 512 shares hold.</summary>
    public const int MaxSize = FirstShare + (SquareParameters.MaxDataWidth * SquareParameters.MaxDataWidth - 1) * NextShare;

    private const int NextShare = ShareView.Size - ShareView.HeaderSize, FirstShare = NextShare - ShareView.LengthSize, ReferenceSize = 36;

    /// <summary>A blob of share version 0: no signer.</summary>
    /// <inheritdoc cref="Blob(Namespace, ReadOnlyMemory{byte}, byte, ReadOnlyMemory{byte})"/>
    public Blob(Namespace ns, ReadOnlyMemory<byte> data) : this(ns, data, 0, default) { }

    /// <summary>A blob of any known share version.</summary>
    /// <param name="ns">A namespace with <see cref="Namespace.IsForBlobs"/>.</param>
    /// <param name="data">1 to <see cref="MaxSize"/> bytes; for version 2 exactly 36.</param>
    /// <param name="shareVersion">0 to 2.</param>
    /// <param name="signer">Empty for version 0, else 20 bytes.</param>
    /// <exception cref="ArgumentException">A part is not as it must be.</exception>
    public Blob(Namespace ns, ReadOnlyMemory<byte> data, byte shareVersion, ReadOnlyMemory<byte> signer)
    {
        BlobStatus status = Check(ns, data.Length, shareVersion, signer.Length);
        if (status != BlobStatus.Ok)
        {
            throw new ArgumentException(
                $"Expected a blob, got {status}: namespace {ns}, {data.Length} bytes, version {shareVersion}, signer of {signer.Length} bytes.");
        }
        (Namespace, Data, ShareVersion, Signer) = (ns, data, shareVersion, signer);
    }

    /// <summary>Whom the blob belongs to.</summary>
    public Namespace Namespace { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>How the shares are laid out: 0 to 2.</summary>
    public byte ShareVersion { get; }

    /// <summary>Who pays, 20 bytes; empty in version 0.</summary>
    public ReadOnlyMemory<byte> Signer { get; }

    /// <summary>Shares that the blob fills.</summary>
    public int ShareCount => ShareView.CountFor(Data.Length, compact: false, ShareVersion);

    /// <summary>Whether parts make a blob.</summary>
    public static BlobStatus Check(Namespace ns, int dataLength, byte shareVersion, int signerLength)
    {
        if (!ns.IsForBlobs) return BlobStatus.BadNamespace;
        if (shareVersion > ShareView.MaxVersion) return BlobStatus.UnknownVersion;
        if (signerLength != (shareVersion == 0 ? 0 : SignerSize)) return BlobStatus.BadSigner;
        if (dataLength < 1 || dataLength > MaxSize - signerLength) return BlobStatus.BadSize;
        return shareVersion == 2 && dataLength != ReferenceSize ? BlobStatus.BadReference : BlobStatus.Ok;
    }

    /// <summary>Writes the blob's shares.</summary>
    /// <param name="shares">Receives <see cref="ShareCount"/> × 512 bytes.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void WriteShares(Span<byte> shares)
    {
        int expected = ShareCount * ShareView.Size;
        if (shares.Length != expected) throw new ArgumentException($"Expected {expected} bytes, got {shares.Length}.", nameof(shares));
        ReadOnlySpan<byte> rest = Data.Span;
        bool start = true;
        for (; !shares.IsEmpty; shares = shares[ShareView.Size..], start = false)
        {
            ShareView.WriteHeader(shares, Namespace, ShareVersion, start, (uint)Data.Length);
            if (start) Signer.Span.CopyTo(shares[(ShareView.HeaderSize + ShareView.LengthSize)..]);
            Span<byte> room = shares[ShareView.DataOffset(compact: false, ShareVersion, start)..ShareView.Size];
            int taken = Math.Min(room.Length, rest.Length);
            rest[..taken].CopyTo(room);
            room[taken..].Clear();
            rest = rest[taken..];
        }
    }

    /// <summary>Reads one blob from untrusted shares: all of its own and no others. Copies the bytes.</summary>
    public static SquareReadResult TryRead(ReadOnlySpan<byte> shares, out Blob? blob)
    {
        blob = null;
        if (shares.Length is 0 || shares.Length % ShareView.Size != 0) return SquareReadResult.WrongSize;
        SquareReadResult result = ShareSequence.TryRead(shares, 0, out ShareSequence sequence);
        if (result != SquareReadResult.Ok) return result;
        if (!sequence.IsBlob) return SquareReadResult.BadNamespace;
        if (sequence.Count != shares.Length / ShareView.Size) return SquareReadResult.WrongSize;
        blob = sequence.ToBlob(shares);
        return SquareReadResult.Ok;
    }
}
