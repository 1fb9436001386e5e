using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>What generated kernels cost: the counts that ADR 28 quotes.</summary>
public sealed class TapePtxTests
{
    [Fact]
    public void Counts()
    {
        foreach (string name in ShippedAirs.Names)
        {
            TableLookups lookups = ShippedAirs.Lookups(name);
            AirTape<Field31<KoalaBear>> tape = new(lookups);
            LoweredTape lowered = LoweredTape.Of(tape.Quotient, lookups.Columns * 4, 4);
            TapeSegments segments = new(lowered, 4, [.. Enumerable.Range(lowered.FirstExtension, 16)]);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            TapePtx text = TapePtx.Of(lowered, PtxField.Of<Field31<KoalaBear>, KoalaBear4>(), LoweredTape.Constants<Field31<KoalaBear>>(tape.Quotient, 4), false, segments);
            Console.WriteLine($"COUNT | {name} | {lookups.Graph.Shape.Width} | {lowered.Cells.Length} | {lowered.Instructions.Count} | {lowered.Slots} | {text.Kernels} | {text.Instructions} | {text.Text.Length / 1024} | {segments.Homes} | {watch.ElapsedMilliseconds} ms");
            System.IO.File.WriteAllText($"/tmp/tape-{name.Replace(' ', '-')}.ptx", text.Text);
        }
    }
}
