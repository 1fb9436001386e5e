using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads the safetensors files under a <c>model.safetensors.index.json</c> as one file: the shards one after the other, in the
/// ordinal order of their names. All headers are checked, each alone and against the index, before a reader exists; the data is
/// never loaded. Reads within files on disk may run at the same time; those of streams one at a time.
/// </summary>
public sealed class ShardedSafetensorsReader : IModelReader
{
    /// <summary>The index's usual name.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private readonly ImmutableArray<SafetensorsReader> _readers;
    private readonly FrozenDictionary<string, TensorInfo> _byName;

    private ShardedSafetensorsReader(ImmutableArray<SafetensorsReader> readers, ImmutableArray<ModelShard> shards, List<TensorInfo> tensors)
    {
        (_readers, Shards, Tensors) = (readers, shards, tensors);
        Length = shards.IsEmpty ? 0 : shards[^1].Offset + shards[^1].Length;
        _byName = tensors.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.ShardedSafetensors;

    /// <summary>Bytes of all shards.</summary>
    public long Length { get; }

    /// <summary>The tensors of all shards in the order of their bytes; offsets count from the first byte of the first shard.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The shards in their order.</summary>
    public ImmutableArray<ModelShard> Shards { get; }

    /// <summary>Opens the index of a folder and the shards beside it; they are closed with the reader.</summary>
    /// <param name="path">The folder, or the index in it.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">A file is there but cannot be read.</exception>
    public static async ValueTask<ShardedSafetensorsOpening> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string index = Directory.Exists(path) ? Path.Combine(path, IndexName) : path, folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        if (!File.Exists(index)) return new ShardedSafetensorsOpening(ShardedSafetensorsStatus.MissingIndex, null, default, 0, null);
        using ByteSource source = ByteSource.Open(index);
        return await OpenAsync(source, Open, cancellationToken).ConfigureAwait(false);

        ValueTask<ByteSource?> Open(string name)
        {
            string file = Path.Combine(folder, name);
            return ValueTask.FromResult(File.Exists(file) ? ByteSource.Open(file) : null);
        }
    }

    /// <summary>Reads an index and opens its shards where they are.</summary>
    /// <param name="index">Readable and seekable; the index runs from its position to its end. Stays the caller's.</param>
    /// <param name="openShard">Gives a readable and seekable stream for a shard's name, or null; it is closed with the reader.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">A stream cannot be read.</exception>
    /// <exception cref="ArgumentException">A stream cannot seek.</exception>
    public static ValueTask<ShardedSafetensorsOpening> OpenAsync(
        Stream index, Func<string, CancellationToken, ValueTask<Stream?>> openShard, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(openShard);
        if (!index.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(index));
        return OpenAsync(ByteSource.Of(index), Open, cancellationToken);

        async ValueTask<ByteSource?> Open(string name)
        {
            Stream? stream = await openShard(name, cancellationToken).ConfigureAwait(false);
            if (stream is null or { CanSeek: true, CanRead: true }) return stream is null ? null : ByteSource.Owning(stream);
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new ArgumentException($"Expected a stream of '{name}' that can be read and can seek.", nameof(openShard));
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        int read = 0;
        for (int i = IndexOf(offset); i < _readers.Length && read < destination.Length; i++)
            read += await _readers[i].ReadAsync(offset + read - Shards[i].Offset, destination[read..], cancellationToken).ConfigureAwait(false);
        return read;
    }

    /// <summary>Closes the shards.</summary>
    public void Dispose()
    {
        foreach (SafetensorsReader reader in _readers) reader.Dispose();
    }

    // The last shard that does not begin behind the offset; no shard is empty.
    private int IndexOf(long offset)
    {
        int low = 0, high = Shards.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Shards[middle].Offset <= offset) low = middle;
            else high = middle;
        }
        return low;
    }

    private static async ValueTask<ShardedSafetensorsOpening> OpenAsync(
        ByteSource source, Func<string, ValueTask<ByteSource?>> open, CancellationToken cancellationToken)
    {
        if (source.Length > SafetensorsIndex.MaxBytes) return new ShardedSafetensorsOpening(ShardedSafetensorsStatus.LimitExceeded, null, default, 0, null);
        var text = new byte[(int)source.Length!.Value];
        int length = await source.FillAsync(0, text, cancellationToken).ConfigureAwait(false);
        var index = new SafetensorsIndex();
        ShardedSafetensorsStatus status = index.Read(text.AsSpan(0, length));
        if (status != ShardedSafetensorsStatus.Ok) return new ShardedSafetensorsOpening(status, index.Subject, default, index.Position, null);
        var readers = ImmutableArray.CreateBuilder<SafetensorsReader>();
        ShardedSafetensorsOpening result = default;
        try
        {
            foreach (string name in index.Names)
            {
                ByteSource? shard = await open(name).ConfigureAwait(false);
                if (shard is null) return result = new ShardedSafetensorsOpening(ShardedSafetensorsStatus.MissingShard, name, default, 0, null);
                SafetensorsOpening opening = await OpenShardAsync(shard, cancellationToken).ConfigureAwait(false);
                if (opening.Reader is null)
                    return result = new ShardedSafetensorsOpening(ShardedSafetensorsStatus.InvalidShard, name, opening.Status, opening.ErrorOffset, null);
                readers.Add(opening.Reader);
            }
            return result = Join(index, readers.ToImmutable());
        }
        finally
        {
            if (result.Reader is null)
                foreach (SafetensorsReader reader in readers) reader.Dispose();
        }
    }

    private static async ValueTask<SafetensorsOpening> OpenShardAsync(ByteSource shard, CancellationToken cancellationToken)
    {
        SafetensorsOpening opening = default;
        try
        {
            return opening = await SafetensorsReader.OpenAsync(shard, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (opening.Reader is null) shard.Dispose();
        }
    }

    private static ShardedSafetensorsOpening Join(SafetensorsIndex index, ImmutableArray<SafetensorsReader> readers)
    {
        var shards = ImmutableArray.CreateBuilder<ModelShard>(readers.Length);
        var tensors = new List<TensorInfo>(index.Shards.Count);
        long offset = 0, total = 0;
        foreach ((string name, SafetensorsReader reader) in index.Names.Zip(readers))
        {
            foreach (TensorInfo tensor in reader.Tensors)
            {
                if (!index.Shards.TryGetValue(tensor.Name, out string? listed) || listed != name) return Refuse(ShardedSafetensorsStatus.UnlistedTensor, tensor.Name);
                tensors.Add(new TensorInfo(tensor.Name, tensor.Type, tensor.Shape, offset + tensor.Offset, tensor.Length));
                total += tensor.Length;
            }
            shards.Add(new ModelShard(name, offset, reader.Length));
            offset += reader.Length;
        }
        if (tensors.Count < index.Shards.Count)
        {
            HashSet<string> found = [.. tensors.Select(t => t.Name)];
            return Refuse(ShardedSafetensorsStatus.MissingTensor, index.Shards.Keys.First(name => !found.Contains(name)));
        }
        if (index.TotalSize is { } stated && stated != total) return Refuse(ShardedSafetensorsStatus.TotalSizeMismatch, null);
        return new ShardedSafetensorsOpening(ShardedSafetensorsStatus.Ok, null, default, 0, new ShardedSafetensorsReader(readers, shards.ToImmutable(), tensors));

        static ShardedSafetensorsOpening Refuse(ShardedSafetensorsStatus status, string? subject) => new(status, subject, default, 0, null);
    }
}
