using System.Collections.Immutable;

namespace Prozchain.AI.Formats;

/// <summary>The fields of one TensorProto without its elements, of which it notes where they lie and how many there are.</summary>
internal sealed class OnnxTensorHead
{
    private readonly List<long> _dims = [];
    private OnnxExternal? _external;
    private string _name = "";
    private long _rawAt = -1, _rawBytes, _fixedAt = -1, _fixedBytes;
    private int _typed, _typedRuns;
    private bool _elsewhere, _segmented, _named;

    public OnnxType Type { get; private set; }

    public IReadOnlyList<long> Dims => _dims;

    public string Name => _name;

    public OnnxExternal? External => _elsewhere ? _external ?? new OnnxExternal("", 0, null) : null;

    /// <summary>Elements as bytes in the message: offset from where the fields' offsets count, or -1.</summary>
    public long RawOffset => _rawAt;

    /// <summary>The field with typed elements, or 0.</summary>
    public int TypedField => _typed;

    /// <summary>Whether the payload of this field of bytes is needed.</summary>
    public static bool Wants(int number) => number is 1 or 8 or 13;

    /// <summary>Takes one field; the payload is that of a wanted field of bytes, at its offset.</summary>
    public OnnxStatus Accept(in ProtoField field, ReadOnlySpan<byte> payload, long at)
    {
        bool bytes = field.Wire == ProtoField.Bytes;
        switch (field.Number)
        {
            case 1:
                return AddDims(field, payload);
            case 2:
                if (field.Wire != ProtoField.Varint) return OnnxStatus.UnexpectedValue;
                if (field.Value is 0 or > (ulong)OnnxType.Int2) return OnnxStatus.UnknownType;
                Type = (OnnxType)field.Value;
                return OnnxStatus.Ok;
            case 3:
                _segmented = true;
                return OnnxStatus.Ok;
            case 4 or 5 or 6 or 7 or 10 or 11:
                return AddTyped(field, at);
            case 8:
                if (!bytes) return OnnxStatus.UnexpectedValue;
                if (_named) return OnnxStatus.DuplicateField;
                if (payload.Length > OnnxLimits.MaxNameBytes) return OnnxStatus.LimitExceeded;
                if (!System.Text.Unicode.Utf8.IsValid(payload)) return OnnxStatus.InvalidText;
                _named = true;
                _name = System.Text.Encoding.UTF8.GetString(payload);
                return OnnxStatus.Ok;
            case 9:
                if (!bytes) return OnnxStatus.UnexpectedValue;
                if (_rawAt >= 0) return OnnxStatus.DuplicateField;
                _rawAt = at;
                _rawBytes = (long)field.Value;
                return OnnxStatus.Ok;
            case 13:
                return bytes ? OnnxExternal.TryAdd(payload, at, ref _external) : OnnxStatus.UnexpectedValue;
            case 14:
                if (field.Wire != ProtoField.Varint || field.Value > 1) return OnnxStatus.UnexpectedValue;
                _elsewhere = field.Value == 1;
                return OnnxStatus.Ok;
            default:
                return OnnxStatus.Ok;
        }
    }

    /// <summary>Checks the whole tensor; the elements' count where they are not in a range is left to whoever decodes them.</summary>
    public OnnxStatus TryMake(long messageOffset, long messageLength, out OnnxInitializer? made)
    {
        made = null;
        if (_segmented) return OnnxStatus.NotOffered;
        OnnxStatus status = OnnxTypes.Measure(Type, _dims, out long count, out long length);
        if (status != OnnxStatus.Ok) return status;
        long dataAt = -1;
        if (_elsewhere)
        {
            if (_rawBytes > 0 || _typed != 0) return OnnxStatus.ConflictingData;
            if (_external is not { Location.Length: > 0 } external || external.Offset > long.MaxValue - length) return OnnxStatus.InvalidExternalData;
            if (external.Length is { } stated && stated != length) return OnnxStatus.SizeMismatch;
        }
        else if (_rawAt >= 0)
        {
            if (_typed != 0) return OnnxStatus.ConflictingData;
            if (Type == OnnxType.String) return OnnxStatus.ConflictingData;
            if (_rawBytes != length) return OnnxStatus.SizeMismatch;
            dataAt = _rawAt;
        }
        else
        {
            if (_typed != 0 && _typed != FieldOf(Type)) return OnnxStatus.ConflictingData;
            if (_typed == 0 && count > 0) return OnnxStatus.SizeMismatch;
            // Packed floats lie as they are in memory; in several runs, or as numbers of variable length, they do not.
            if (_typedRuns == 1 && _fixedAt >= 0 && Type is OnnxType.Float or OnnxType.Double)
            {
                if (_fixedBytes != length) return OnnxStatus.SizeMismatch;
                dataAt = _fixedAt;
            }
        }
        made = new OnnxInitializer(_name, Type, [.. _dims], length, messageOffset, messageLength, dataAt, External);
        return OnnxStatus.Ok;
    }

    /// <summary>The field that holds elements of a type when they are not raw bytes.</summary>
    public static int FieldOf(OnnxType type) => type switch
    {
        OnnxType.Float or OnnxType.Complex64 => 4,
        OnnxType.String => 6,
        OnnxType.Int64 => 7,
        OnnxType.Double or OnnxType.Complex128 => 10,
        OnnxType.UInt32 or OnnxType.UInt64 => 11,
        _ => 5,
    };

    private OnnxStatus AddDims(in ProtoField field, ReadOnlySpan<byte> payload)
    {
        if (field.Wire == ProtoField.Varint) return AddDim((long)field.Value);
        if (field.Wire != ProtoField.Bytes) return OnnxStatus.UnexpectedValue;
        while (!payload.IsEmpty)
        {
            OnnxStatus status = ProtoField.TryVarint(payload, out ulong value, out int used);
            if (status == OnnxStatus.Ok) status = AddDim((long)value);
            if (status != OnnxStatus.Ok) return status;
            payload = payload[used..];
        }
        return OnnxStatus.Ok;
    }

    private OnnxStatus AddDim(long value)
    {
        if (value < 0) return OnnxStatus.InvalidDimension;
        if (_dims.Count == OnnxLimits.MaxRank) return OnnxStatus.LimitExceeded;
        _dims.Add(value);
        return OnnxStatus.Ok;
    }

    private OnnxStatus AddTyped(in ProtoField field, long at)
    {
        bool bytes = field.Wire == ProtoField.Bytes;
        // Texts come one a field, never packed.
        if (field.Number == 6 && !bytes) return OnnxStatus.UnexpectedValue;
        if (bytes && field.Value == 0 && field.Number != 6) return OnnxStatus.Ok;
        if (_typed != 0 && _typed != field.Number) return OnnxStatus.ConflictingData;
        _typed = field.Number;
        _typedRuns = Math.Min(_typedRuns + 1, 2);
        if (bytes && field.Number is 4 or 10) (_fixedAt, _fixedBytes) = (at, (long)field.Value);
        return OnnxStatus.Ok;
    }
}
