using System.Text.Json.Nodes;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>Writes down what a challenger is told and says, in the words of the transcripts beside the proofs.</summary>
internal sealed class RecordingChallenger<TField, TExt>(Challenger<TField, TExt> inner, string digests) : Challenger<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public List<string> Steps { get; } = [];

    public static string Line(JsonNode step) => $"{step["op"]}: {step["value"]!.ToJsonString()}";

    public override void Absorb(TField value)
    {
        inner.Absorb(value);
        Steps.Add($"absorb field element: {FieldWord<TField>.ToInteger(value)}");
    }

    public override void Absorb(ReadOnlySpan<Bytes32> cap)
    {
        inner.Absorb(cap);
        if (!cap.IsEmpty) Steps.Add($"absorb digest(s): [{string.Join(",", cap.ToArray().Select(Text))}]");
    }

    public override TField SampleField()
    {
        TField value = inner.SampleField();
        Steps.Add($"sample field element: {FieldWord<TField>.ToInteger(value)}");
        return value;
    }

    public override int SampleBits(int count)
    {
        int value = inner.SampleBits(count);
        Steps.Add($"sample {count} bits: {value}");
        return value;
    }

    public override Challenger<TField, TExt> Clone() => inner.Clone();

    private string Text(Bytes32 digest) => digests switch
    {
        "bytes" => $"\"{digest}\"",
        "lanes" => $"[{string.Join(",", Enumerable.Range(0, 4).Select(i => $"\"{BitConverter.ToUInt64(digest.Span[(8 * i)..]):x16}\""))}]",
        _ => $"[{string.Join(",", Enumerable.Range(0, 8).Select(i => Element(BitConverter.ToUInt32(digest.Span[(4 * i)..]))))}]",
    };

    private static uint Element(uint word) => FieldWord<TField>.TryDecode(word, out TField value) ? FieldWord<TField>.ToInteger(value) : uint.MaxValue;
}
