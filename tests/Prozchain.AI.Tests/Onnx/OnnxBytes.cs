using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Onnx;

/// <summary>Writes small ONNX models, field by field, as onnx.proto has them.</summary>
internal sealed class OnnxBytes
{
    private readonly List<byte> _graph = [];

    public OnnxBytes Node(string type, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) => Node("", type, inputs, outputs, attributes);

    public OnnxBytes Node(string domain, string type, string[] inputs, string[] outputs, (string Name, object Value)[] attributes) =>
        Add(1, Message([.. inputs.Select(i => Field(1, i)), .. outputs.Select(o => Field(2, o)), Field(3, $"{type}_{outputs[0]}"), Field(4, type), .. attributes.Select(a => Field(5, Attribute(a.Name, a.Value))), Field(7, domain)]));

    public OnnxBytes Constant(string name, OnnxTensor tensor) => Add(5, Tensor(name, tensor));

    public OnnxBytes Constant(string name, float[] values, params int[] shape) => Constant(name, OnnxTensor.Of(values, shape));

    /// <summary>Single precision as packed numbers, not as raw bytes.</summary>
    public OnnxBytes Packed(string name, float[] values) =>
        Add(5, Message([Varint(1, values.Length), Varint(2, 1), Field(4, [.. values.SelectMany(BitConverter.GetBytes)]), Field(8, name)]));

    public OnnxBytes External(string name, OnnxType type, long[] shape, params (string Key, string Value)[] entries) =>
        Add(5, Message([.. shape.Select(d => Varint(1, d)), Varint(2, (long)type), Field(8, name), .. entries.Select(e => Field(13, Message(Field(1, e.Key), Field(2, e.Value)))), Varint(14, 1)]));

    public OnnxBytes Raw(int field, byte[] message) => Add(field, message);

    public OnnxBytes Input(string name, OnnxType type, params int[] shape) => Add(11, Value(name, type, shape));

    public OnnxBytes Output(string name, OnnxType type = OnnxType.Float) => Add(12, Value(name, type, null));

    public byte[] Build(int operatorSet = 21) => Message(Varint(1, 10), Field(8, Message(Field(1, ""), Varint(2, operatorSet))), Field(7, [.. _graph]));

    public OnnxModel Model(int operatorSet = 21) => OnnxCase.Open(Build(operatorSet));

    public static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(f => f)];

    public static byte[] Field(int number, byte[] bytes) => [.. Number(((ulong)number << 3) | 2), .. Number((ulong)bytes.Length), .. bytes];

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Varint(int number, long value) => [.. Number((ulong)number << 3), .. Number((ulong)value)];

    private static byte[] Value(string name, OnnxType type, int[]? shape) => Message(Field(1, name), Field(2, Field(1, Message(
        Varint(1, (long)type), shape is null ? [] : Field(2, Message([.. shape.Select(d => Field(1, d < 0 ? Field(2, "batch") : Varint(1, d)))]))))));

    private static byte[] Tensor(string name, OnnxTensor tensor) =>
        Message([.. tensor.Shape.Select(d => Varint(1, d)), Varint(2, (long)tensor.Type), Field(8, name), Field(9, tensor.Bytes.ToArray())]);

    private static byte[] Attribute(string name, object value) => Message(Field(1, name), value switch
    {
        float f => [.. Number((2 << 3) | 5), .. BitConverter.GetBytes(f)],
        int i => Varint(3, i),
        string s => Field(4, s),
        OnnxTensor tensor => Field(5, Tensor("", tensor)),
        int[] ints => [.. ints.SelectMany(i => Varint(8, i))],
        _ => throw new ArgumentException($"Expected a number, a text or numbers, got {value}.", nameof(value)),
    });

    private static byte[] Number(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private OnnxBytes Add(int field, byte[] message)
    {
        _graph.AddRange(Field(field, message));
        return this;
    }
}
