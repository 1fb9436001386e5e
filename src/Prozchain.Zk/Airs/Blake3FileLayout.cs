using Prozchain.Shared;

namespace Prozchain.Zk.Airs;

/// <summary>
/// How BLAKE3 arranges a file of a length: blocks in chunks of 1024 bytes, chunks in a tree whose left half is the
/// largest power of two of chunks that leaves some (specification sections 2.1, 2.4). It fixes what the two tables
/// of a file have preprocessed.
/// </summary>
internal readonly struct Blake3FileLayout(int length)
{
    public const int BlockSize = 64, BlocksPerChunk = 16, ChunkSize = BlockSize * BlocksPerChunk;

    public int Length => length;

    /// <summary>Blocks; an empty file has one.</summary>
    public int Blocks => Math.Max(1, (length + BlockSize - 1) / BlockSize);

    public int Chunks => Math.Max(1, (length + ChunkSize - 1) / ChunkSize);

    /// <summary>Bytes of the last block that count.</summary>
    public int LastBlockLength => length - (Blocks - 1) * BlockSize;

    public static bool IsChunkStart(int block) => block % BlocksPerChunk == 0;

    public bool IsChunkEnd(int block) => block == Blocks - 1 || block % BlocksPerChunk == BlocksPerChunk - 1;

    public Blake3Flags Flags(int block) => (IsChunkStart(block) ? Blake3Flags.ChunkStart : 0)
        | (IsChunkEnd(block) ? Blake3Flags.ChunkEnd : 0)
        | (IsChunkEnd(block) && Chunks == 1 ? Blake3Flags.Root : 0);

    /// <summary>The parents, children before them, the root last. None if there is one chunk.</summary>
    public Blake3Parent[] Parents()
    {
        List<Blake3Parent> parents = [];
        Visit(0, Chunks);
        return [.. parents];

        void Visit(int start, int count)
        {
            if (count == 1) return;
            int left = (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) / 2);
            Visit(start, left);
            Visit(start + left, count - left);
            parents.Add(new(start, left, count - left));
        }
    }
}

/// <summary>A parent in the tree: of the nodes over chunks [Start, Start + Left) and [Start + Left, Start + Left + Right).</summary>
internal readonly record struct Blake3Parent(int Start, int Left, int Right);
