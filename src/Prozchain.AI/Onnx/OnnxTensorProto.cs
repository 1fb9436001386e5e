using System.Runtime.InteropServices;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Reads one TensorProto that is in memory, elements and all. Never throws on hostile bytes; what it allocates is bounded by what the bytes hold.</summary>
public static class OnnxTensorProto
{
    /// <summary>Reads a tensor, such as a file of test data.</summary>
    /// <param name="bytes">The whole message.</param>
    /// <param name="tensor">The tensor, or null.</param>
    /// <param name="errorOffset">Where the fault is, when there is one.</param>
    public static OnnxStatus TryRead(ReadOnlySpan<byte> bytes, out OnnxTensor? tensor, out long errorOffset) =>
        TryRead(bytes, 0, null, out _, out tensor, out errorOffset);

    /// <summary>Elements that lie in another file come from <paramref name="external"/>, which has been read by whoever knows that file.</summary>
    internal static OnnxStatus TryRead(
        ReadOnlySpan<byte> bytes, long origin, byte[]? external, out OnnxInitializer? head, out OnnxTensor? tensor, out long errorOffset)
    {
        tensor = null;
        OnnxStatus status = TryReadHead(bytes, origin, out OnnxTensorHead fields, out head, out errorOffset);
        if (status != OnnxStatus.Ok) return status;
        if (!head!.Type.IsOffered()) return OnnxStatus.NotOffered;
        long count = 1;
        var shape = new int[head.Shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            if (head.Shape[i] > OnnxLimits.MaxElements) return OnnxStatus.LimitExceeded;
            shape[i] = (int)head.Shape[i];
            count = Math.Min(count * shape[i], (long)OnnxLimits.MaxElements + 1);
        }
        if (count > OnnxLimits.MaxElements) return OnnxStatus.LimitExceeded;
        ReadOnlySpan<byte> raw = external;
        if (head.External is not null)
        {
            if (external is null) return OnnxStatus.MissingExternalData;
            if (external.Length != head.Length) return OnnxStatus.SizeMismatch;
        }
        else if (fields.RawOffset >= 0) raw = bytes.Slice((int)(fields.RawOffset - origin), (int)head.Length);
        else return Typed(bytes, origin, fields.TypedField, head.Type, shape, (int)count, out tensor, out errorOffset);
        tensor = OnnxTensor.Zeros(head.Type, shape);
        if (head.Type.BitSize() < 8) OnnxElements.Unpack(raw, tensor);
        else raw.CopyTo(tensor.Data);
        // A boolean of another value than 0 and 1 would differ from itself in comparisons.
        if (head.Type == OnnxType.Bool) foreach (ref byte value in tensor.Data.AsSpan()) value = value == 0 ? (byte)0 : (byte)1;
        return OnnxStatus.Ok;
    }

    private static OnnxStatus TryReadHead(ReadOnlySpan<byte> bytes, long origin, out OnnxTensorHead fields, out OnnxInitializer? head, out long errorOffset)
    {
        fields = new OnnxTensorHead();
        head = null;
        var reader = new ProtoReader(bytes, origin);
        while (reader.Next())
            if (fields.Accept(reader.Field, reader.Payload, reader.PayloadOffset) is not OnnxStatus.Ok and var fault) reader.Fail(fault);
        errorOffset = reader.Position;
        return reader.Status != OnnxStatus.Ok ? reader.Status : fields.TryMake(origin, bytes.Length, out head);
    }

    private static OnnxStatus Typed(
        ReadOnlySpan<byte> bytes, long origin, int field, OnnxType type, int[] shape, int count, out OnnxTensor? tensor, out long errorOffset)
    {
        tensor = null;
        errorOffset = origin;
        // Every element takes at least one byte, or four, or half of one: before that much is there, nothing is allocated.
        if (type.BitSize() >= 8 ? bytes.Length < count : bytes.Length < count / (8 / type.BitSize())) return OnnxStatus.SizeMismatch;
        int size = field == 4 ? 4 : 8, stored = type.BitSize() < 8 ? (count + (8 / type.BitSize()) - 1) / (8 / type.BitSize()) : count;
        bool isFixed = field is 4 or 10;
        var values = new List<long>();
        var made = OnnxTensor.Zeros(type, shape);
        int filled = 0;
        var reader = new ProtoReader(bytes, origin);
        while (reader.Next())
        {
            if (reader.Number != field) continue;
            errorOffset = reader.Position;
            if (!isFixed) reader.AddInt64(values, stored);
            else if (reader.IsBytes)
            {
                if (reader.Payload.Length > made.Data.Length - filled || reader.Payload.Length % size != 0) return OnnxStatus.SizeMismatch;
                reader.Payload.CopyTo(made.Data.AsSpan(filled));
                filled += reader.Payload.Length;
            }
            else
            {
                if (reader.Field.Wire != (size == 4 ? ProtoField.Fixed32 : ProtoField.Fixed64)) return OnnxStatus.UnexpectedValue;
                if (filled == made.Data.Length) return OnnxStatus.SizeMismatch;
                BitConverter.GetBytes(reader.Field.Value).AsSpan(0, size).CopyTo(made.Data.AsSpan(filled));
                filled += size;
            }
        }
        errorOffset = reader.Status != OnnxStatus.Ok ? reader.Position : errorOffset;
        if (reader.Status != OnnxStatus.Ok) return reader.Status == OnnxStatus.LimitExceeded ? OnnxStatus.SizeMismatch : reader.Status;
        if (isFixed ? filled != made.Data.Length : values.Count != stored) return OnnxStatus.SizeMismatch;
        if (!isFixed) Store(CollectionsMarshal.AsSpan(values), made);
        tensor = made;
        return OnnxStatus.Ok;
    }

    private static void Store(ReadOnlySpan<long> values, OnnxTensor tensor)
    {
        if (tensor.Type.BitSize() < 8)
        {
            var packed = new byte[values.Length];
            for (int i = 0; i < packed.Length; i++) packed[i] = (byte)values[i];
            OnnxElements.Unpack(packed, tensor);
        }
        else if (tensor.Type is OnnxType.Float16 or OnnxType.BFloat16)
        {
            // Halves stand as the numbers of their bits.
            Span<ushort> bits = tensor.As<ushort>();
            for (int i = 0; i < bits.Length; i++) bits[i] = (ushort)values[i];
        }
        else OnnxElements.Write(tensor, values);
    }
}
