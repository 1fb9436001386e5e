using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// A transaction of type 2 (EIP-1559), or of type 3 (EIP-4844) with blobs, with an empty access list, not yet signed. Amounts
/// are in wei. No recipient means that <see cref="Data"/> creates a contract.
/// </summary>
internal sealed record L1Transaction(
    ulong ChainId, ulong Nonce, UInt128 MaxPriorityFee, UInt128 MaxFee, ulong GasLimit, L1Address? To, UInt128 Value, ReadOnlyMemory<byte> Data)
{
    private const byte FeeMarketType = 2, BlobType = 3;
    private const int MaxBlobs = 64;

    /// <summary>The blobs of a transaction of type 3, which must have a recipient.</summary>
    public L1Blobs? Blobs { get; init; }

    private byte Type => Blobs is null ? FeeMarketType : BlobType;

    /// <summary>What the sender signs: Keccak-256 of the type and the fields without a signature.</summary>
    public Digest32 SigningHash()
    {
        RlpWriter writer = new RlpWriter().WriteRaw(Type).WriteList(WriteFields);
        return new Digest32(Hashing.Keccak(writer.Written));
    }

    /// <summary>Signs with a low s and the recovery id that gives the signer's key.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The signer's signatures do not verify under its key.</exception>
    public async ValueTask<SignedL1Transaction> SignAsync(IL1Signer signer, CancellationToken cancellation = default)
    {
        byte[] signature = await L1Signature.SignAsync(signer, SigningHash(), cancellation).ConfigureAwait(false);
        return new SignedL1Transaction(this, L1Address.FromPublicKey(signer.PublicKey.Span), Seal(signature));
    }

    /// <summary>Reads a signed transaction from untrusted bytes and recovers who sent it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> raw, out SignedL1Transaction? transaction)
    {
        transaction = null;
        if (raw.IsEmpty || raw[0] is not (FeeMarketType or BlobType)) return false;
        var reader = new RlpReader(raw[1..]);
        if (!reader.TryReadList(out RlpReader fields) || !reader.IsAtEnd) return false;
        if (!fields.TryReadInteger(out ulong chainId) || !fields.TryReadInteger(out ulong nonce) || !fields.TryReadInteger(out UInt128 tip)
            || !fields.TryReadInteger(out UInt128 fee) || !fields.TryReadInteger(out ulong gas) || !fields.TryReadBytes(out ReadOnlySpan<byte> to)
            || to.Length is not (0 or L1Address.Size) || !fields.TryReadInteger(out UInt128 value) || !fields.TryReadBytes(out ReadOnlySpan<byte> data)
            || !fields.TryReadList(out RlpReader accessList) || !accessList.IsAtEnd) return false;
        L1Blobs? blobs = null;
        if (raw[0] == BlobType && (to.IsEmpty || !TryReadBlobs(ref fields, out blobs))) return false;
        if (!fields.TryReadInteger(out ulong parity) || parity > 1 || !TryReadScalar(ref fields, out Bytes32 r) || !TryReadScalar(ref fields, out Bytes32 s) || !fields.IsAtEnd) return false;
        var body = new L1Transaction(chainId, nonce, tip, fee, gas, to.IsEmpty ? null : new L1Address(to), value, data.ToArray()) { Blobs = blobs };
        Span<byte> key = stackalloc byte[Secp256k1.PublicKeySize];
        if (!Secp256k1.TryRecover(body.SigningHash().Span, (byte[])[.. r.Span, .. s.Span], parity == 1, key)) return false;
        transaction = new SignedL1Transaction(body, L1Address.FromPublicKey(key), raw.ToArray());
        return true;
    }

    private static bool TryReadBlobs(ref RlpReader reader, out L1Blobs? blobs)
    {
        blobs = null;
        if (!reader.TryReadInteger(out UInt128 fee) || !reader.TryReadList(out RlpReader list)) return false;
        var hashes = new List<Digest32>();
        while (!list.IsAtEnd)
        {
            if (hashes.Count == MaxBlobs || !list.TryReadBytes(out ReadOnlySpan<byte> hash) || hash.Length != Digest32.Size) return false;
            hashes.Add(new Digest32(hash));
        }
        blobs = new L1Blobs(fee, hashes);
        return true;
    }

    private static bool TryReadScalar(ref RlpReader reader, out Bytes32 scalar)
    {
        scalar = default;
        if (!reader.TryReadBytes(out ReadOnlySpan<byte> digits) || digits.Length > Bytes32.Size || (!digits.IsEmpty && digits[0] == 0)) return false;
        Span<byte> wide = stackalloc byte[Bytes32.Size];
        wide.Clear();
        digits.CopyTo(wide[(Bytes32.Size - digits.Length)..]);
        scalar = new Bytes32(wide);
        return true;
    }

    private byte[] Seal(byte[] signature) =>
        new RlpWriter().WriteRaw(Type).WriteList(list =>
        {
            WriteFields(list);
            list.Write((UInt128)(signature[^1] - 27)).Write(signature.AsSpan(0, 32).TrimStart((byte)0)).Write(signature.AsSpan(32, 32).TrimStart((byte)0));
        }).Written.ToArray();

    private void WriteFields(RlpWriter list)
    {
        list.Write(ChainId).Write(Nonce).Write(MaxPriorityFee).Write(MaxFee).Write(GasLimit)
            .Write(To is { } to ? to.Span.ToArray() : []).Write(Value).Write(Data.Span).WriteList(static _ => { });
        if (Blobs is not { } blobs) return;
        list.Write(blobs.MaxFeePerBlobGas).WriteList(hashes =>
        {
            foreach (Digest32 hash in blobs.Hashes) hashes.Write(hash.Span);
        });
    }
}
