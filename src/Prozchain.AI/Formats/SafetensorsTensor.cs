using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Formats;

/// <summary>One tensor of the header while its members arrive, in any order.</summary>
internal sealed class SafetensorsTensor
{
    private readonly List<long> _shape = [];
    private readonly long[] _offsets = new long[2];
    private int _offsetCount;
    private bool _hasType, _hasShape, _hasOffsets;

    public TensorType Type { get; set; }

    public void Reset()
    {
        _shape.Clear();
        _offsetCount = 0;
        _hasType = _hasShape = _hasOffsets = false;
    }

    /// <summary>False when that member was there before.</summary>
    public bool Mark(string field)
    {
        ref bool seen = ref _hasType;
        if (field == "shape") seen = ref _hasShape;
        if (field == "data_offsets") seen = ref _hasOffsets;
        if (seen) return false;
        return seen = true;
    }

    public SafetensorsStatus AddDimension(long value)
    {
        if (_shape.Count == SafetensorsLimits.MaxRank) return SafetensorsStatus.LimitExceeded;
        _shape.Add(value);
        return SafetensorsStatus.Ok;
    }

    public SafetensorsStatus AddOffset(long value)
    {
        if (_offsetCount == _offsets.Length) return SafetensorsStatus.UnexpectedValue;
        _offsets[_offsetCount++] = value;
        return SafetensorsStatus.Ok;
    }

    /// <summary>The tensor with its offset counted from the end of the header, where the file's end is not known yet.</summary>
    public SafetensorsStatus TryMake(string name, out TensorInfo? tensor)
    {
        tensor = null;
        if (!_hasType || !_hasShape || !_hasOffsets) return SafetensorsStatus.MissingField;
        if (_offsetCount != _offsets.Length) return SafetensorsStatus.UnexpectedValue;
        if (_offsets[1] < _offsets[0]) return SafetensorsStatus.InvalidOffsets;
        SafetensorsStatus status = TensorInfo.Measure(Type, CollectionsMarshal.AsSpan(_shape), out long length);
        if (status != SafetensorsStatus.Ok) return status;
        if (length != _offsets[1] - _offsets[0]) return SafetensorsStatus.SizeMismatch;
        tensor = new TensorInfo(name, Type, ImmutableArray.CreateRange(_shape), _offsets[0], length);
        return SafetensorsStatus.Ok;
    }
}
