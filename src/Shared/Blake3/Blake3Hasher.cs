using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>
/// Incremental BLAKE3. A mutable value of about 2 kB that owns no memory: keep it in a local or a field and pass it
/// by reference. <c>new Blake3Hasher()</c> is the plain hash; a <c>default</c> value is not usable.
/// </summary>
internal struct Blake3Hasher
{
    private const int ChunkSize = 1024, BlockSize = 64, MaxDepth = 54;

    private Blake3Words _key;
    private Blake3Words _chunk;
    private Blake3Block _block;
    private ChainingStack _stack;
    private ulong _chunkCounter;
    private int _blockLength, _blocksCompressed, _stackLength;
    private readonly Blake3Flags _mode;

    public Blake3Hasher() : this(Blake3Core.InitialVector, Blake3Flags.None) { }

    private Blake3Hasher(in Blake3Words key, Blake3Flags mode)
    {
        _key = key;
        _chunk = key;
        _mode = mode;
    }

    /// <param name="key">Exactly 32 bytes.</param>
    public static Blake3Hasher Keyed(ReadOnlySpan<byte> key) => new(Blake3Words.Read(key[..Blake3.DigestSize]), Blake3Flags.KeyedHash);

    public static Blake3Hasher DerivingKey(ReadOnlySpan<byte> context)
    {
        var inner = new Blake3Hasher(Blake3Core.InitialVector, Blake3Flags.DeriveKeyContext);
        inner.Update(context);
        Span<byte> key = stackalloc byte[Blake3.DigestSize];
        inner.Finish(key);
        return new Blake3Hasher(Blake3Words.Read(key), Blake3Flags.DeriveKeyMaterial);
    }

    public void Update(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            // A full chunk is closed only when more input follows: the last one may be the root.
            if (ChunkLength == ChunkSize) CloseChunk();
            if (ChunkLength == 0 && input.Length > 2 * ChunkSize && Blake3Lanes.HasSubtrees)
            {
                int chunks = SubtreeChunks(input.Length);
                if (chunks > 1)
                {
                    Push(Blake3Lanes.Subtree(input[..(chunks * ChunkSize)], _key, _mode, _chunkCounter), chunks);
                    input = input[(chunks * ChunkSize)..];
                    continue;
                }
            }
            int want = Math.Min(ChunkSize - ChunkLength, input.Length);
            AppendToChunk(input[..want]);
            input = input[want..];
        }
    }

    /// <summary>Writes the digest. The state is unchanged, so more input may follow.</summary>
    public readonly void Finish(Span<byte> output)
    {
        var tail = this;
        Blake3Words node = tail._chunk;
        Blake3Block block = tail._block;
        ulong counter = _chunkCounter;
        int length = _blockLength;
        Blake3Flags flags = _mode | StartFlag | Blake3Flags.ChunkEnd;
        for (int depth = _stackLength; depth > 0; depth--)
        {
            Blake3Core.Compress(ref node, block, counter, length, flags);
            block.SetHalves(tail._stack[depth - 1], node);
            node = _key;
            (counter, length, flags) = (0, BlockSize, _mode | Blake3Flags.Parent);
        }
        Blake3Core.Compress(ref node, block, counter, length, flags | Blake3Flags.Root);
        node.Write(output);
    }

    /// <summary>Writes the digest of all input so far and of this, the last. At once is faster than an update before; no more may follow.</summary>
    public void Finish(ReadOnlySpan<byte> last, Span<byte> output)
    {
        if (_chunkCounter != 0 || ChunkLength != 0 || last.Length <= ChunkSize || !Blake3Lanes.HasSubtrees)
        {
            Update(last);
            Finish(output);
            return;
        }
        const int Most = Blake3Lanes.MaxSubtreeChunks;
        for (; last.Length > Most * ChunkSize; last = last[(Most * ChunkSize)..])
            Push(Blake3Lanes.Subtree(last[..(Most * ChunkSize)], _key, _mode, _chunkCounter), Most);
        // What is left may be one chunk, which has no parent of its own.
        if (last.Length <= ChunkSize)
        {
            Update(last);
            Finish(output);
            return;
        }
        Blake3Words node = Blake3Tree.Node(last, _key, _mode, _chunkCounter, _stackLength == 0 ? Blake3Flags.Root : Blake3Flags.None);
        Blake3Block block = default;
        for (int depth = _stackLength; depth > 0; depth--)
        {
            block.SetHalves(_stack[depth - 1], node);
            node = _key;
            Blake3Core.Compress(ref node, block, 0, BlockSize, _mode | Blake3Flags.Parent | (depth == 1 ? Blake3Flags.Root : Blake3Flags.None));
        }
        node.Write(output);
    }

    private readonly int ChunkLength => _blocksCompressed * BlockSize + _blockLength;

    private readonly Blake3Flags StartFlag => _blocksCompressed == 0 ? Blake3Flags.ChunkStart : Blake3Flags.None;

    private void AppendToChunk(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_blockLength == BlockSize)
            {
                Blake3Core.Compress(ref _chunk, _block, _chunkCounter, BlockSize, _mode | StartFlag);
                _blocksCompressed++;
                _block = default;
                _blockLength = 0;
            }
            int want = Math.Min(BlockSize - _blockLength, input.Length);
            input[..want].CopyTo(_block.Bytes[_blockLength..]);
            _blockLength += want;
            input = input[want..];
        }
    }

    private void CloseChunk()
    {
        Blake3Core.Compress(ref _chunk, _block, _chunkCounter, _blockLength, _mode | StartFlag | Blake3Flags.ChunkEnd);
        Push(_chunk, 1);
        _chunk = _key;
        _block = default;
        (_blockLength, _blocksCompressed) = (0, 0);
    }

    // The largest full subtree that starts here and is not all that is left: the last one may be the root.
    private readonly int SubtreeChunks(int length)
    {
        int most = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((length - 1) / ChunkSize) + 1) / 2;
        ulong alignment = _chunkCounter & (0 - _chunkCounter);
        most = Math.Min(most, Blake3Lanes.MaxSubtreeChunks);
        return alignment == 0 || alignment > (ulong)most ? most : (int)alignment;
    }

    private void Push(Blake3Words node, int chunks)
    {
        _chunkCounter += (ulong)chunks;
        // One merge per trailing zero bit of the count keeps one subtree per set bit on the stack.
        for (ulong total = _chunkCounter / (ulong)chunks; (total & 1) == 0; total >>= 1)
        {
            var parent = default(Blake3Block);
            parent.SetHalves(_stack[--_stackLength], node);
            node = _key;
            Blake3Core.Compress(ref node, parent, 0, BlockSize, _mode | Blake3Flags.Parent);
        }
        _stack[_stackLength++] = node;
    }

    [InlineArray(MaxDepth)]
    private struct ChainingStack
    {
        private Blake3Words _first;
    }
}
