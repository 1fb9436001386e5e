using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>Reads one part of a format; the reader stands behind it when the result is <see cref="ReadResult.Ok"/>.</summary>
internal delegate ReadResult PartReader<T>(ref WireReader reader, out T value);

/// <summary>What the beacon's formats share: byte strings of any scheme, and lists whose counts are held against what remains before anything is allocated.</summary>
internal static class BeaconWire
{
    public const int MaxKeyBytes = 128, MaxSignatureBytes = 128, MaxRevealBytes = 256;

    public static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)bytes.Length);
        writer.WriteSpan(bytes);
    }

    public static ReadResult ReadBytes(ref WireReader reader, int max, out byte[] bytes)
    {
        ReadResult result = ReadCount(ref reader, max, 1, out int length);
        bytes = [];
        if (result != ReadResult.Ok) return result;
        reader.TryReadSpan(length, out ReadOnlySpan<byte> span);
        bytes = span.ToArray();
        return ReadResult.Ok;
    }

    public static ReadResult ReadCount(ref WireReader reader, int max, int minSize, out int count)
    {
        count = 0;
        if (reader.IsAtEnd) return ReadResult.Truncated;
        if (!reader.TryReadVarint(out ulong value)) return ReadResult.NotCanonical;
        if (max < 0 || value > (ulong)max) return ReadResult.TooLarge;
        if (value * (ulong)minSize > (ulong)reader.Remaining) return ReadResult.Truncated;
        count = (int)value;
        return ReadResult.Ok;
    }

    public static ReadResult ReadList<T>(ref WireReader reader, int max, int minSize, PartReader<T> read, out T[] items)
    {
        items = [];
        ReadResult result = ReadCount(ref reader, max, minSize, out int count);
        if (result != ReadResult.Ok) return result;
        var list = new T[count];
        for (int i = 0; i < count; i++)
        {
            result = read(ref reader, out list[i]);
            if (result != ReadResult.Ok) return result;
        }
        items = list;
        return ReadResult.Ok;
    }

    public static ReadResult ReadWhole<T>(ReadOnlySpan<byte> source, PartReader<T> read, out T? value) where T : class
    {
        var reader = new WireReader(source);
        ReadResult result = read(ref reader, out value!);
        if (result == ReadResult.Ok && !reader.IsAtEnd) result = ReadResult.TrailingBytes;
        if (result != ReadResult.Ok) value = null;
        return result;
    }

    public static ReadResult ReadVersion(ref WireReader reader, byte expected)
    {
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        return version == expected ? ReadResult.Ok : ReadResult.UnknownVersion;
    }

    public static ReadResult ReadSiblings(ref WireReader reader, out Bytes32[] siblings)
    {
        siblings = [];
        if (!reader.TryReadByte(out byte length)) return ReadResult.Truncated;
        if (length > MerkleTree<Hashing.TreeHash>.MaxProofLength) return ReadResult.TooLarge;
        if (length * Bytes32.Size > reader.Remaining) return ReadResult.Truncated;
        siblings = new Bytes32[length];
        for (int i = 0; i < length; i++) reader.TryReadBytes32(out siblings[i]);
        return ReadResult.Ok;
    }

    public static void WriteSiblings(IBufferWriter<byte> output, ReadOnlySpan<Bytes32> siblings)
    {
        var writer = new WireWriter(output);
        writer.WriteByte((byte)siblings.Length);
        foreach (Bytes32 sibling in siblings) writer.WriteBytes32(sibling);
    }

    /// <summary>A signature over a digest; it has 65 bytes, scheme byte included, in every known scheme.</summary>
    public static byte[] Sign(ISigner signer, in Digest message)
    {
        ArgumentNullException.ThrowIfNull(signer);
        CheckPublicKey(signer.PublicKey.Span, nameof(signer));
        var signature = new byte[SignatureSchemes.P256SignatureSize];
        signer.Sign(message.Span, signature);
        return signature;
    }

    /// <summary>True for a key of either scheme, whichever this version's transfers carry.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        SignatureSchemes.P256PublicKeySize => bytes[0] == SignatureSchemes.P256,
        SignatureSchemes.Ed25519PublicKeySize => bytes[0] == SignatureSchemes.Ed25519,
        _ => false,
    };

    public static void CheckPublicKey(ReadOnlySpan<byte> bytes, string parameter)
    {
        if (!IsPublicKey(bytes)) throw new ArgumentException($"Expected a public key with its scheme byte, got {bytes.Length} bytes.", parameter);
    }

    public static void CheckAddress(in Layout.Address address, string parameter)
    {
        if (!SignatureSchemes.IsKnown(address.Scheme)) throw new ArgumentException($"Expected an address of a known scheme, got scheme {address.Scheme}.", parameter);
    }

    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
