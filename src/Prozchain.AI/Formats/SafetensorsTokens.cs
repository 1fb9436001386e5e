using System.Text.Json;
using System.Text.Unicode;

namespace Prozchain.AI.Formats;

/// <summary>
/// The grammar of the header above JSON: one object; <c>__metadata__</c> maps text to text (or is null, as the format's own
/// reader allows); every other member is a tensor with dtype, shape and data_offsets. Further members of a tensor are skipped.
/// </summary>
internal sealed class SafetensorsTokens(bool keepMetadata)
{
    private enum Expecting
    {
        Header, HeaderMember, Metadata, MetadataMember, MetadataText, Tensor, TensorMember, Field, ShapeItem, OffsetItem, Skipped, Nothing,
    }

    private readonly HashSet<string> _names = new(StringComparer.Ordinal), _metadataNames = new(StringComparer.Ordinal);
    private readonly SafetensorsTensor _tensor = new();
    private Expecting _next = Expecting.Header;
    private string _name = "", _field = "";
    private int _skipDepth;
    private bool _metadataSeen;

    public List<TensorInfo> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public bool IsComplete => _next == Expecting.Nothing;

    public SafetensorsStatus Accept(ref Utf8JsonReader token)
    {
        if (token.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsText(ref token)) return SafetensorsStatus.InvalidText;
        return _next switch
        {
            Expecting.Header => Open(ref token, JsonTokenType.StartObject, Expecting.HeaderMember),
            Expecting.HeaderMember => HeaderMember(ref token),
            Expecting.Metadata when token.TokenType == JsonTokenType.Null => Go(Expecting.HeaderMember),
            Expecting.Metadata => Open(ref token, JsonTokenType.StartObject, Expecting.MetadataMember),
            Expecting.MetadataMember => MetadataMember(ref token),
            Expecting.MetadataText => MetadataText(ref token),
            Expecting.Tensor => Open(ref token, JsonTokenType.StartObject, Expecting.TensorMember),
            Expecting.TensorMember => TensorMember(ref token),
            Expecting.Field => Field(ref token),
            Expecting.ShapeItem => Item(ref token, _tensor.AddDimension),
            Expecting.OffsetItem => Item(ref token, _tensor.AddOffset),
            Expecting.Skipped => Skip(ref token),
            _ => SafetensorsStatus.UnexpectedValue,
        };
    }

    private SafetensorsStatus HeaderMember(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.EndObject) return Go(Expecting.Nothing);
        if (token.ValueTextEquals("__metadata__"u8))
        {
            if (_metadataSeen) return SafetensorsStatus.DuplicateName;
            _metadataSeen = true;
            return Go(Expecting.Metadata);
        }
        if (token.ValueSpan.Length > SafetensorsLimits.MaxNameBytes) return SafetensorsStatus.LimitExceeded;
        if (Tensors.Count == SafetensorsLimits.MaxTensors) return SafetensorsStatus.LimitExceeded;
        _name = token.GetString()!;
        if (!_names.Add(_name)) return SafetensorsStatus.DuplicateName;
        _tensor.Reset();
        return Go(Expecting.Tensor);
    }

    private SafetensorsStatus MetadataMember(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.EndObject) return Go(Expecting.HeaderMember);
        if (_metadataNames.Count == SafetensorsLimits.MaxMetadata) return SafetensorsStatus.LimitExceeded;
        _name = token.GetString()!;
        if (!_metadataNames.Add(_name)) return SafetensorsStatus.DuplicateName;
        return Go(Expecting.MetadataText);
    }

    private SafetensorsStatus MetadataText(ref Utf8JsonReader token)
    {
        if (token.TokenType != JsonTokenType.String) return SafetensorsStatus.UnexpectedValue;
        if (keepMetadata) Metadata.Add(_name, token.GetString()!);
        return Go(Expecting.MetadataMember);
    }

    private SafetensorsStatus TensorMember(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.EndObject)
        {
            SafetensorsStatus status = _tensor.TryMake(_name, out TensorInfo? tensor);
            if (status != SafetensorsStatus.Ok) return status;
            Tensors.Add(tensor!);
            return Go(Expecting.HeaderMember);
        }
        _field = token.ValueTextEquals("dtype"u8) ? "dtype"
            : token.ValueTextEquals("shape"u8) ? "shape"
            : token.ValueTextEquals("data_offsets"u8) ? "data_offsets" : "";
        if (_field.Length > 0 && !_tensor.Mark(_field)) return SafetensorsStatus.DuplicateName;
        _skipDepth = 0;
        return Go(_field.Length > 0 ? Expecting.Field : Expecting.Skipped);
    }

    private SafetensorsStatus Field(ref Utf8JsonReader token) => _field switch
    {
        "shape" => Open(ref token, JsonTokenType.StartArray, Expecting.ShapeItem),
        "data_offsets" => Open(ref token, JsonTokenType.StartArray, Expecting.OffsetItem),
        _ => Type(ref token),
    };

    private SafetensorsStatus Type(ref Utf8JsonReader token)
    {
        if (token.TokenType != JsonTokenType.String) return SafetensorsStatus.UnexpectedValue;
        Span<byte> text = stackalloc byte[128];
        // An escaped text is longer than what it means; no name of a type comes near the limit even so.
        if (token.ValueSpan.Length > text.Length) return SafetensorsStatus.UnknownType;
        int length = token.CopyString(text);
        return TensorTypes.TryParse(text[..length], out TensorType type) ? SetType(type) : SafetensorsStatus.UnknownType;
    }

    private SafetensorsStatus SetType(TensorType type)
    {
        _tensor.Type = type;
        return Go(Expecting.TensorMember);
    }

    private SafetensorsStatus Item(ref Utf8JsonReader token, Func<long, SafetensorsStatus> add)
    {
        if (token.TokenType == JsonTokenType.EndArray) return Go(Expecting.TensorMember);
        if (token.TokenType != JsonTokenType.Number) return SafetensorsStatus.UnexpectedValue;
        return token.TryGetInt64(out long value) && value >= 0 && token.ValueSpan[0] != (byte)'-' ? add(value) : SafetensorsStatus.InvalidNumber;
    }

    private SafetensorsStatus Skip(ref Utf8JsonReader token)
    {
        if (token.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) _skipDepth++;
        if (token.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) _skipDepth--;
        return _skipDepth == 0 ? Go(Expecting.TensorMember) : SafetensorsStatus.Ok;
    }

    private SafetensorsStatus Open(ref Utf8JsonReader token, JsonTokenType kind, Expecting next) =>
        token.TokenType == kind ? Go(next) : SafetensorsStatus.UnexpectedValue;

    private SafetensorsStatus Go(Expecting next)
    {
        _next = next;
        return SafetensorsStatus.Ok;
    }

    // The reader leaves two things to whoever takes a string out: the bytes' validity and that of escaped surrogates.
    internal static bool IsText(ref Utf8JsonReader token)
    {
        if (!Utf8.IsValid(token.ValueSpan)) return false;
        if (!token.ValueIsEscaped) return true;
        try
        {
            _ = token.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
