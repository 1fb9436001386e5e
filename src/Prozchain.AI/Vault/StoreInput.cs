using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>What is to be stored: bytes, and what is known of them beforehand.</summary>
/// <param name="Source">The bytes, read once from the first to the last.</param>
/// <param name="Format">What the file is.</param>
/// <param name="Tensors">In the order of their bytes, without overlap; empty for opaque bytes.</param>
/// <param name="Length">Bytes of the file as its header has them; null when only the end will tell.</param>
internal sealed record StoreInput(ByteSource Source, ModelFormat Format, IReadOnlyList<TensorInfo> Tensors, long? Length)
{
    private const int Block = 64 * 1024, MostHeld = 16 * 1024 * 1024;

    /// <summary>A model that a reader has open.</summary>
    public static StoreInput Of(IModelReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new StoreInput(new ReaderSource(reader), reader.Format, reader.Tensors, reader.Length);
    }

    /// <summary>
    /// Looks at the beginning of a source. A well-formed file of a known format makes its tensors known; of a stream that cannot seek,
    /// which is known as safetensors only, the header is held, up to 16 MiB.
    /// </summary>
    public static async ValueTask<StoreInput> LookAsync(ByteSource source, CancellationToken cancellationToken)
    {
        if (source.Length is null) return await LookAheadAsync(source, cancellationToken).ConfigureAwait(false);
        ModelOpening opening = await ModelFiles.OpenAsync(source, null, cancellationToken).ConfigureAwait(false);
        // Formats that allow tensors to share bytes are cut without them then.
        if (opening.Reader is not { Tensors.Count: > 0 } reader || !PartPlanner.IsPossible(reader.Tensors, source.Length.Value))
            return new StoreInput(source, opening.Reader?.Format ?? ModelFormat.Opaque, [], null);
        return new StoreInput(source, reader.Format, reader.Tensors, source.Length);
    }

    private static async ValueTask<StoreInput> LookAheadAsync(ByteSource source, CancellationToken cancellationToken)
    {
        var parser = new SafetensorsParser(keepMetadata: false);
        var held = new MemoryStream();
        var block = new byte[Block];
        while (!parser.IsDone && held.Length < MostHeld)
        {
            int read = await source.ReadAsync(held.Length, block, cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            parser.Feed(block.AsSpan(0, read));
            held.Write(block, 0, read);
        }
        var whole = new HeldSource(source, held.ToArray());
        if (parser.DeclaredLength is { } total && parser.Complete(total, out SafetensorsHeader? header) == SafetensorsStatus.Ok)
            return new StoreInput(whole, ModelFormat.Safetensors, header!.Tensors, total);
        return new StoreInput(whole, ModelFormat.Opaque, [], null);
    }

    private sealed class ReaderSource(IModelReader reader) : ByteSource
    {
        public override long? Length => reader.Length;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            reader.ReadAsync(offset, destination, cancellationToken);

        public override void Dispose() { }
    }

    private sealed class HeldSource(ByteSource rest, byte[] held) : ByteSource
    {
        public override long? Length => null;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
        {
            if (offset >= held.Length) return rest.ReadAsync(offset, destination, cancellationToken);
            int count = (int)Math.Min(destination.Length, held.Length - offset);
            held.AsMemory((int)offset, count).CopyTo(destination);
            return ValueTask.FromResult(count);
        }

        public override void Dispose() { }
    }
}
