using System.Text;
using System.Text.Unicode;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Reads the small messages of a model: nodes, attributes, declared values, operator sets. Graphs inside attributes are not opened, so nothing nests.</summary>
internal static class OnnxMessages
{
    private const int MaxTextBytes = 1 << 20, MaxListed = 1 << 24;

    public static OnnxStatus TryNode(ReadOnlySpan<byte> message, long origin, int index, ref int attributesLeft, out OnnxNode? node, out long errorOffset)
    {
        node = null;
        List<string> inputs = [], outputs = [];
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        string name = "", type = "", domain = "";
        var fields = new ProtoReader(message, origin);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1 or 2:
                    List<string> names = fields.Number == 1 ? inputs : outputs;
                    if (names.Count == OnnxLimits.MaxNames) fields.Fail(OnnxStatus.LimitExceeded);
                    else names.Add(fields.Text());
                    break;
                case 3: name = fields.Text(); break;
                case 4: type = fields.Text(); break;
                case 5 when attributesLeft-- <= 0: fields.Fail(OnnxStatus.LimitExceeded); break;
                case 5:
                    OnnxStatus status = TryAttribute(fields.Message(), fields.PayloadOffset, out OnnxAttribute attribute, out long at);
                    if (status == OnnxStatus.Ok && !attributes.TryAdd(attribute.Name, attribute)) (status, at) = (OnnxStatus.DuplicateName, fields.Position);
                    if (status != OnnxStatus.Ok) fields.Fail(status, at);
                    break;
                case 7: domain = fields.Text(); break;
            }
        }
        errorOffset = fields.Position;
        if (fields.Status != OnnxStatus.Ok) return fields.Status;
        if (type.Length == 0) return OnnxStatus.MissingName;
        node = new OnnxNode(index, name, domain == "ai.onnx" ? "" : domain, type, [.. inputs], [.. outputs], attributes);
        return OnnxStatus.Ok;
    }

    public static OnnxStatus TryValue(ReadOnlySpan<byte> message, long origin, out OnnxValue value, out long errorOffset)
    {
        string name = "";
        OnnxType type = OnnxType.Undefined;
        List<long?>? dims = null;
        var fields = new ProtoReader(message, origin);
        while (fields.Next())
        {
            if (fields.Number == 1) name = fields.Text();
            else if (fields.Number == 2)
            {
                var types = new ProtoReader(fields.Message(), fields.PayloadOffset);
                while (types.Next())
                {
                    if (types.Number != 1) continue;
                    var tensor = new ProtoReader(types.Message(), types.PayloadOffset);
                    while (tensor.Next())
                    {
                        if (tensor.Number == 1) type = tensor.Int64() is > 0 and <= (long)OnnxType.Int2 and var number ? (OnnxType)number : OnnxType.Undefined;
                        else if (tensor.Number == 2 && TryShape(tensor.Message(), tensor.PayloadOffset, out dims, out long at) is not OnnxStatus.Ok and var fault) tensor.Fail(fault, at);
                    }
                    if (tensor.Status != OnnxStatus.Ok) types.Fail(tensor.Status, tensor.Position);
                }
                if (types.Status != OnnxStatus.Ok) fields.Fail(types.Status, types.Position);
            }
        }
        value = new OnnxValue(name, type, dims);
        errorOffset = fields.Position;
        return fields.Status != OnnxStatus.Ok ? fields.Status : name.Length == 0 ? OnnxStatus.MissingName : OnnxStatus.Ok;
    }

    public static OnnxStatus TryOperatorSet(ReadOnlySpan<byte> message, long origin, out string domain, out long version, out long errorOffset)
    {
        (domain, version) = ("", 0);
        var fields = new ProtoReader(message, origin);
        while (fields.Next())
        {
            if (fields.Number == 1) domain = fields.Text();
            else if (fields.Number == 2) version = fields.Int64();
        }
        if (domain == "ai.onnx") domain = "";
        errorOffset = fields.Position;
        return fields.Status;
    }

    private static OnnxStatus TryShape(ReadOnlySpan<byte> message, long origin, out List<long?>? dims, out long errorOffset)
    {
        dims = [];
        var fields = new ProtoReader(message, origin);
        while (fields.Next())
        {
            if (fields.Number != 1) continue;
            long? size = null;
            var dim = new ProtoReader(fields.Message(), fields.PayloadOffset);
            while (dim.Next())
                if (dim.Number == 1) size = dim.Int64();
            // Exporters write -1 for what they do not know.
            if (dim.Status != OnnxStatus.Ok) fields.Fail(dim.Status, dim.Position);
            else if (dims.Count == OnnxLimits.MaxRank) fields.Fail(OnnxStatus.LimitExceeded);
            else dims.Add(size < 0 ? null : size);
        }
        errorOffset = fields.Position;
        return fields.Status;
    }

    private static OnnxStatus TryAttribute(ReadOnlySpan<byte> message, long origin, out OnnxAttribute attribute, out long errorOffset)
    {
        string name = "";
        var names = new ProtoReader(message, origin);
        while (names.Next())
            if (names.Number == 1) name = names.Text();
        attribute = new OnnxAttribute { Name = name };
        errorOffset = names.Position;
        if (names.Status != OnnxStatus.Ok) return names.Status;
        if (name.Length == 0) return OnnxStatus.MissingName;
        var fields = new ProtoReader(message, origin);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 2: attribute.Float = fields.Single(); break;
                case 3: attribute.Int = fields.Int64(); break;
                case 4: attribute.Text = Text(ref fields, attribute); break;
                case 5:
                    OnnxStatus status = OnnxTensorProto.TryRead(fields.Message(), fields.PayloadOffset, null, out _, out OnnxTensor? tensor, out long at);
                    attribute.Tensor = tensor;
                    if (status is OnnxStatus.NotOffered or OnnxStatus.MissingExternalData) attribute.IsOther = true;
                    else if (status != OnnxStatus.Ok) fields.Fail(status, at);
                    break;
                case 7: AddFloats(ref fields, attribute.Floats); break;
                case 8: fields.AddInt64(attribute.Ints, MaxListed); break;
                case 9:
                    if (attribute.Texts.Count == OnnxLimits.MaxNames) fields.Fail(OnnxStatus.LimitExceeded);
                    else attribute.Texts.Add(Text(ref fields, attribute));
                    break;
                case 6 or 10 or 11 or 14 or 15 or 21 or 22 or 23: attribute.IsOther = true; break;
            }
        }
        errorOffset = fields.Position;
        return fields.Status;
    }

    private static void AddFloats(ref ProtoReader fields, List<float> values)
    {
        if (!fields.IsBytes) values.Add(fields.Single());
        else if (fields.Payload.Length % 4 != 0) fields.Fail(OnnxStatus.SizeMismatch);
        else for (int at = 0; at < fields.Payload.Length; at += 4) values.Add(BitConverter.ToSingle(fields.Payload[at..]));
    }

    // An attribute's text is bytes to the format; only operators that are not offered put anything else there.
    private static string Text(ref ProtoReader fields, OnnxAttribute attribute)
    {
        ReadOnlySpan<byte> bytes = fields.Message();
        if (bytes.Length > MaxTextBytes || !Utf8.IsValid(bytes)) attribute.IsOther = true;
        else return Encoding.UTF8.GetString(bytes);
        return "";
    }
}
