using System.Text.RegularExpressions;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>The text of generated kernels; what they compute is checked where a device runs them.</summary>
public sealed class TapePtxTests
{
    [Fact]
    public void Text_OfAnotherCompilation_IsTheSame() => Assert.Equal(Quotient("words").Text, Quotient("words").Text);

    // Words of registers, which the driver may take more of as it moves loads ahead.
    [Fact]
    public void Text_IsShortAndNeedsFewRegisters_PieceByPiece()
    {
        foreach (string name in ShippedAirs.Names)
        {
            TapePtx text = Quotient(name);
            string[] kernels = text.Text.Split(".visible .entry")[1..];
            Assert.Equal(text.Kernels, kernels.Length);
            int most = kernels.Max(Live);
            Assert.All(kernels, kernel => Assert.InRange(Lines(kernel).Length, 1, 5500));
            Assert.InRange(most, 1, 128);
        }
    }

    [Fact]
    public void Segments_ThatAreShort_CarryWhatLaterOnesRead()
    {
        TableLookups lookups = ShippedAirs.Lookups("everything");
        LoweredTape tape = LoweredTape.Of(new AirTape<Field31<KoalaBear>>(lookups).Quotient, lookups.Columns * 4, 4);
        int[] outputs = [.. Enumerable.Range(tape.FirstExtension, 16)];
        foreach (int limit in (int[])[1, 100, 700])
        {
            TapeSegments segments = new(tape, 4, outputs, limit);
            Assert.Equal(0, segments.Starts[0]);
            Assert.Equal(tape.Instructions.Count, segments.Starts[^1]);
            for (int i = 0; i + 1 < segments.Starts.Count; i++)
            {
                Assert.True(segments.Starts[i] < segments.Starts[i + 1]);
                HashSet<int> there = [.. segments.Carried[i]];
                for (int at = segments.Starts[i]; at < segments.Starts[i + 1]; at++)
                {
                    Assert.All(TapeLiveness.Reads(tape, tape.Instructions[at], 4), slot => Assert.Contains(slot, there));
                    there.UnionWith(TapeLiveness.Writes(tape.Instructions[at], 4));
                }
                Assert.Superset(new HashSet<int>(segments.Carried[i + 1]), there);
            }
        }
    }

    private static TapePtx Quotient(string name)
    {
        TableLookups lookups = ShippedAirs.Lookups(name);
        TapeProgram program = new AirTape<Field31<KoalaBear>>(lookups).Quotient;
        LoweredTape tape = LoweredTape.Of(program, lookups.Columns * 4, 4);
        TapeSegments segments = new(tape, 4, [.. Enumerable.Range(tape.FirstExtension, 16)]);
        return TapePtx.Of(tape, PtxField.Of<Field31<KoalaBear>, KoalaBear4>(), LoweredTape.Constants<Field31<KoalaBear>>(program, 4), isNatural: false, segments);
    }

    private static string[] Lines(string kernel) => [.. kernel.Split('\n').Where(line => line.StartsWith('\t') && line.EndsWith(';') && !line.Contains(".reg", StringComparison.Ordinal))];

    // Every register is written once: it is live from there to its last use.
    private static int Live(string kernel)
    {
        HashSet<string> live = [];
        int most = 0;
        foreach (string line in Lines(kernel).Reverse())
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal), results = line.StartsWith("\tst.", StringComparison.Ordinal) ? 0
                : line[space + 1] == '{' ? line.IndexOf('}', StringComparison.Ordinal) : line.IndexOf(',', StringComparison.Ordinal);
            live.ExceptWith(Registers(line[..Math.Max(0, results)]));
            live.UnionWith(Registers(line[Math.Max(0, results)..]));
            most = Math.Max(most, live.Sum(register => register[1] == 'd' ? 2 : 1));
        }
        return most;

        static IEnumerable<string> Registers(string text) => Regex.Matches(text, "%[rd][0-9]+").Select(match => match.Value);
    }
}
