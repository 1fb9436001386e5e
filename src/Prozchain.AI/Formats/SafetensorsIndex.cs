using System.Text.Json;

namespace Prozchain.AI.Formats;

/// <summary>
/// The text of a <c>model.safetensors.index.json</c>: an object whose <c>weight_map</c> says which shard holds which tensor and
/// whose <c>metadata</c> may say the <c>total_size</c>. Other members are skipped. Parsed from untrusted bytes.
/// </summary>
internal sealed class SafetensorsIndex
{
    public const int MaxBytes = 64 * 1024 * 1024, MaxShards = 4_096, MaxShardNameBytes = 255;

    private bool _hasMap, _hasMetadata;

    /// <summary>The shard of each tensor.</summary>
    public Dictionary<string, string> Shards { get; } = new(StringComparer.Ordinal);

    /// <summary>The shards' names, ordinal.</summary>
    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of all tensors, if the index says.</summary>
    public long? TotalSize { get; private set; }

    /// <summary>The name that is at fault.</summary>
    public string? Subject { get; private set; }

    /// <summary>Where reading ended.</summary>
    public long Position { get; private set; }

    public ShardedSafetensorsStatus Read(ReadOnlySpan<byte> text)
    {
        var token = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 64 });
        ShardedSafetensorsStatus status;
        try
        {
            status = Read(ref token);
            // What follows the object is read too, so that it is known to be nothing.
            if (status == ShardedSafetensorsStatus.Ok && token.Read()) status = ShardedSafetensorsStatus.InvalidJson;
        }
        catch (JsonException)
        {
            status = ShardedSafetensorsStatus.InvalidJson;
        }
        Position = token.BytesConsumed;
        return status == ShardedSafetensorsStatus.Ok && !_hasMap ? ShardedSafetensorsStatus.MissingWeightMap : status;
    }

    private ShardedSafetensorsStatus Read(ref Utf8JsonReader token)
    {
        if (!token.Read() || token.TokenType != JsonTokenType.StartObject) return ShardedSafetensorsStatus.UnexpectedValue;
        while (token.Read() && token.TokenType == JsonTokenType.PropertyName)
        {
            if (!SafetensorsTokens.IsText(ref token)) return ShardedSafetensorsStatus.InvalidText;
            bool map = token.ValueTextEquals("weight_map"u8), metadata = token.ValueTextEquals("metadata"u8);
            if ((map && _hasMap) || (metadata && _hasMetadata)) return ShardedSafetensorsStatus.DuplicateName;
            (_hasMap, _hasMetadata) = (_hasMap | map, _hasMetadata | metadata);
            token.Read();
            ShardedSafetensorsStatus status = map ? ReadMap(ref token) : metadata ? ReadMetadata(ref token) : ShardedSafetensorsStatus.Ok;
            if (status != ShardedSafetensorsStatus.Ok) return status;
            if (!map && !metadata) token.Skip();
        }
        return ShardedSafetensorsStatus.Ok;
    }

    private ShardedSafetensorsStatus ReadMap(ref Utf8JsonReader token)
    {
        if (token.TokenType != JsonTokenType.StartObject) return ShardedSafetensorsStatus.UnexpectedValue;
        while (token.Read() && token.TokenType == JsonTokenType.PropertyName)
        {
            if (token.ValueSpan.Length > SafetensorsLimits.MaxNameBytes || Shards.Count == SafetensorsLimits.MaxTensors) return ShardedSafetensorsStatus.LimitExceeded;
            if (!SafetensorsTokens.IsText(ref token)) return ShardedSafetensorsStatus.InvalidText;
            string tensor = token.GetString()!;
            Subject = tensor;
            token.Read();
            if (token.TokenType != JsonTokenType.String) return ShardedSafetensorsStatus.UnexpectedValue;
            if (token.ValueSpan.Length > MaxShardNameBytes) return ShardedSafetensorsStatus.LimitExceeded;
            if (!SafetensorsTokens.IsText(ref token)) return ShardedSafetensorsStatus.InvalidText;
            string shard = token.GetString()!;
            if (!Shards.TryAdd(tensor, shard)) return ShardedSafetensorsStatus.DuplicateName;
            if (!IsPlainName(shard)) { Subject = shard; return ShardedSafetensorsStatus.InvalidShardName; }
            if (Names.Add(shard) && Names.Count > MaxShards) return ShardedSafetensorsStatus.LimitExceeded;
        }
        Subject = null;
        return ShardedSafetensorsStatus.Ok;
    }

    private ShardedSafetensorsStatus ReadMetadata(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.Null) return ShardedSafetensorsStatus.Ok;
        if (token.TokenType != JsonTokenType.StartObject) return ShardedSafetensorsStatus.UnexpectedValue;
        while (token.Read() && token.TokenType == JsonTokenType.PropertyName)
        {
            if (!SafetensorsTokens.IsText(ref token)) return ShardedSafetensorsStatus.InvalidText;
            bool total = token.ValueTextEquals("total_size"u8);
            token.Read();
            if (!total) { token.Skip(); continue; }
            if (TotalSize is not null) return ShardedSafetensorsStatus.DuplicateName;
            if (token.TokenType != JsonTokenType.Number) return ShardedSafetensorsStatus.UnexpectedValue;
            // Some writers give a whole number as a float.
            if (token.TryGetInt64(out long size)) TotalSize = size;
            else if (token.TryGetDouble(out double value) && Math.Abs(value) < 1L << 53 && double.IsInteger(value)) TotalSize = (long)value;
            else return ShardedSafetensorsStatus.UnexpectedValue;
        }
        return ShardedSafetensorsStatus.Ok;
    }

    // Nothing that any system takes for a way out of the folder, or for a device of a drive.
    private static bool IsPlainName(string name) =>
        name.Length > 0 && name.Trim('.', ' ').Length > 0 && !name.AsSpan().ContainsAny('/', '\\', ':') && !name.Any(char.IsControl);
}
