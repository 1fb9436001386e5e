using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Hosting;

/// <summary>Walks through a store page by page.</summary>
internal static class CellPages
{
    private const int PageBytes = 1 << 20;

    public static void Visit(HeapTrieStore store, CellVisitor visitor)
    {
        var page = new ArrayBufferWriter<byte>();
        Digest from = default;
        for (bool isLast = false; !isLast;)
        {
            page.ResetWrittenCount();
            isLast = CheckpointRecord.WriteCells(store, ref from, PageBytes, page);
            var reader = new WireReader(page.WrittenSpan);
            while (reader.TryReadBytes32(out Bytes32 key) && reader.TryReadCount(StateWrite.MaxValueBytes, out int length) && reader.TryReadSpan(length, out ReadOnlySpan<byte> value))
                visitor(new Digest(key), value);
        }
    }
}
