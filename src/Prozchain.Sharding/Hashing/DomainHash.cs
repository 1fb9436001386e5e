using System.Runtime.InteropServices;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.Sharding.Hashing;

/// <summary>
/// BLAKE3 with a precomputed 32-byte key of one domain. Inputs of up to 64 bytes are one call of the compression
/// function, so that lane kernels can take their place with the same result.
/// </summary>
internal sealed class DomainHash
{
    private const int BlockSize = 64, ChunkSize = 1024;
    private const Blake3Flags SingleBlock = Blake3Flags.ChunkStart | Blake3Flags.ChunkEnd | Blake3Flags.Root;

    private readonly Blake3Words _key;
    private readonly Blake3Flags _mode;
    private readonly Blake3Hasher _start;

    private DomainHash(ReadOnlySpan<byte> key, Blake3Flags mode, in Blake3Hasher start)
    {
        _key = Blake3Words.Read(key);
        _mode = mode;
        _start = start;
    }

    /// <summary>The derive-key mode; equal to <see cref="Blake3.DeriveKey"/> with this context.</summary>
    public static DomainHash Deriving(string context)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(context);
        if (bytes.Length > BlockSize) throw new ArgumentException($"Expected at most {BlockSize} bytes of context, got {bytes.Length}.", nameof(context));
        Span<byte> key = stackalloc byte[Bytes32.Size];
        Compress(Blake3Core.InitialVector, bytes, Blake3Flags.DeriveKeyContext).Span.CopyTo(key);
        return new DomainHash(key, Blake3Flags.DeriveKeyMaterial, Blake3Hasher.DerivingKey(bytes));
    }

    /// <summary>The keyed mode, under the key that the context derives from no material.</summary>
    public static DomainHash Keyed(string context)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        Blake3.DeriveKey(context, default, key);
        return new DomainHash(key, Blake3Flags.KeyedHash, Blake3Hasher.Keyed(key));
    }

    public Bytes32 Hash(ReadOnlySpan<byte> input)
    {
        if (input.Length <= BlockSize) return Compress(_key, input, _mode);
        if (input.Length <= ChunkSize) return CompressChunk(input);
        Blake3Hasher hasher = _start;
        hasher.Update(input);
        Span<byte> output = stackalloc byte[Bytes32.Size];
        hasher.Finish(output);
        return new Bytes32(output);
    }

    public Bytes32 Hash(in Bytes32 left, in Bytes32 right)
    {
        Span<byte> input = stackalloc byte[BlockSize];
        left.Span.CopyTo(input);
        right.Span.CopyTo(input[Bytes32.Size..]);
        return Compress(_key, input, _mode);
    }

    /// <summary>Hashes of inputs of one length that lie one after the other, in lanes; equal to <see cref="Hash(ReadOnlySpan{byte})"/> of each.</summary>
    /// <param name="rows">The inputs.</param>
    /// <param name="length">Bytes of each, 1 to 1,024.</param>
    /// <param name="hashes">One for each.</param>
    public void HashRows(ReadOnlySpan<byte> rows, int length, Span<Bytes32> hashes)
    {
        if (Blake3Lanes.HasSubtrees && hashes.Length > 1)
        {
            Blake3Lanes.HashRows(rows, length, _key, _mode, MemoryMarshal.AsBytes(hashes));
            return;
        }
        for (int i = 0; i < hashes.Length; i++) hashes[i] = Hash(rows.Slice(i * length, length));
    }

    /// <summary>Hashes of single blocks, in lanes; equal to <see cref="Hash(ReadOnlySpan{byte})"/> of each.</summary>
    /// <param name="whole">Whether every block is of 64 bytes.</param>
    public void Run(ReadOnlySpan<Blake3Job> jobs, bool whole) => Blake3Jobs.Run(_key, _mode | SingleBlock, jobs, whole);

    // One chunk needs no tree, and so none of the hasher's state.
    private Bytes32 CompressChunk(ReadOnlySpan<byte> input)
    {
        Blake3Words node = _key;
        Blake3Flags start = Blake3Flags.ChunkStart;
        Blake3Block block = default;
        for (; input.Length > BlockSize; input = input[BlockSize..], start = Blake3Flags.None)
        {
            input[..BlockSize].CopyTo(block.Bytes);
            Blake3Core.Compress(ref node, block, 0, BlockSize, _mode | start);
        }
        block = default;
        input.CopyTo(block.Bytes);
        Blake3Core.Compress(ref node, block, 0, input.Length, _mode | Blake3Flags.ChunkEnd | Blake3Flags.Root);
        Span<byte> output = stackalloc byte[Bytes32.Size];
        node.Write(output);
        return new Bytes32(output);
    }

    private static Bytes32 Compress(in Blake3Words key, ReadOnlySpan<byte> input, Blake3Flags mode)
    {
        Blake3Block block = default;
        input.CopyTo(block.Bytes);
        Blake3Words node = key;
        Blake3Core.Compress(ref node, block, 0, input.Length, mode | SingleBlock);
        Span<byte> output = stackalloc byte[Bytes32.Size];
        node.Write(output);
        return new Bytes32(output);
    }
}
