using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>The text of generated kernels; what they compute is checked where a device runs them.</summary>
public sealed class TapePtxTests
{
    // Pieces and instructions of the quotient's kernels over the extension of degree 4 of KoalaBear: ADR 28 quotes them.
    [Theory]
    [InlineData("fibonacci", 1, 300)]
    [InlineData("range bits", 1, 800)]
    public void Quotient_HasSoManyInstructions(string name, int kernels, int instructions)
    {
        TapePtx text = Quotient(name);
        Console.WriteLine($"COUNT | {name} | {text.Kernels} | {text.Instructions} | {text.Text.Length / 1024}");
        System.IO.File.WriteAllText($"/tmp/tape-{name.Replace(' ', '-')}.ptx", text.Text);
        Assert.Equal(kernels, text.Kernels);
        Assert.InRange(text.Instructions, instructions * 9 / 10, instructions * 11 / 10);
    }

    [Fact]
    public void Text_OfAnotherCompilation_IsTheSame() => Assert.Equal(Quotient("words").Text, Quotient("words").Text);

    [Fact]
    public void Text_IsShortEnoughPieceByPiece()
    {
        foreach (string name in ShippedAirs.Names)
        {
            TapePtx text = Quotient(name);
            Console.WriteLine($"COUNT | {name} | {text.Kernels} | {text.Instructions} | {text.Text.Length / 1024}");
            System.IO.File.WriteAllText($"/tmp/tape-{name.Replace(' ', '-')}.ptx", text.Text);
            foreach (string kernel in text.Text.Split(".visible .entry")[1..]) Assert.InRange(kernel.Count(character => character == ';'), 1, 5500);
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
}
