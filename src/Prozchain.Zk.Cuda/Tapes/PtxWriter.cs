using System.Globalization;
using System.Text;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>
/// Writes one kernel in PTX (NVIDIA, "Parallel Thread Execution ISA", 6.0): straight-line code on registers that are each written once. An
/// operand is a register or an integer. Every opcode that is written is one that the tests' own reading of PTX knows.
/// </summary>
internal sealed class PtxWriter(PtxField numbers)
{
    private readonly StringBuilder _body = new();
    private int _words, _longs;

    /// <summary>The field's numbers.</summary>
    public PtxField Field { get; } = numbers;

    /// <summary>Instructions so far.</summary>
    public int Count { get; private set; }

    /// <summary>What comes before the kernels of a module.</summary>
    public const string Header = ".version 6.0\n.target sm_70\n.address_size 64\n";

    /// <summary>The kernel's text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameters">Types and names of its parameters.</param>
    /// <param name="threads">Threads of a block, at most.</param>
    public string Finish(string name, IEnumerable<string> parameters, int threads) => string.Create(CultureInfo.InvariantCulture,
        $".visible .entry {name}(\n{string.Join(",\n", parameters.Select(parameter => $"\t.param {parameter}"))}\n)\n.maxntid {threads}, 1, 1\n.minnctapersm 4\n"
        + $"{{\n\t.reg .pred %p<1>;\n\t.reg .b32 %r<{_words}>;\n\t.reg .b64 %d<{_longs}>;\n{_body}DONE:\n\tret;\n}}\n");

    public string Word() => $"%r{_words++}";

    public string Long() => $"%d{_longs++}";

    public void Write(string opcode, params ReadOnlySpan<string> operands)
    {
        _body.Append('\t').Append(opcode).Append(' ').AppendJoin(", ", operands!).Append(";\n");
        Count++;
    }

    /// <summary>An instruction with a result of 32 bits.</summary>
    public string Word(string opcode, string a, string b = "", string c = "")
    {
        string result = Word();
        Write(opcode, [result, a, .. Given(b), .. Given(c)]);
        return result;
    }

    /// <summary>An instruction with a result of 64 bits.</summary>
    public string Long(string opcode, string a, string b = "", string c = "")
    {
        string result = Long();
        Write(opcode, [result, a, .. Given(b), .. Given(c)]);
        return result;
    }

    public string Add(string a, string b)
    {
        string sum = Word("add.u32", a, b);
        return Word("min.u32", sum, Word("sub.u32", sum, Number(Field.P)));
    }

    public string Subtract(string a, string b)
    {
        string difference = Word("sub.u32", a, b);
        return Word("min.u32", difference, Word("add.u32", difference, Number(Field.P)));
    }

    public string Multiply(string a, string b) => Reduce(Long("mul.wide.u32", a, b));

    /// <summary>x below 2^32 P to x / 2^32 modulo P.</summary>
    public string Reduce(string x)
    {
        (string low, string high) = Split(x);
        string product = Word("mul.hi.u32", Word("mul.lo.u32", low, Number(Field.Mu)), Number(Field.P));
        return Subtract(high, product);
    }

    /// <summary>An element as a sum that <see cref="Reduce"/> takes back to it.</summary>
    public string Widen(string element) => Long("shl.b64", Long("cvt.u64.u32", element), "32");

    /// <summary>A sum below 2^32 P, or "", plus products: below 2^32 P. Two products fit on top of it without passing 2^64.</summary>
    public string AddProducts(string sum, ReadOnlySpan<(string A, string B)> products)
    {
        for (int i = 0; i < products.Length; i++)
        {
            sum = sum.Length == 0 ? Long("mul.wide.u32", products[i].A, products[i].B) : Long("mad.wide.u32", products[i].A, products[i].B, sum);
            if (i % 2 == 1 || i + 1 == products.Length) sum = Bound(sum);
        }
        return sum;
    }

    public static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private static ReadOnlySpan<string> Given(string operand) => operand.Length == 0 ? [] : new[] { operand };

    // From below 2^33 P to below 2^32 P.
    private string Bound(string sum)
    {
        (string low, string high) = Split(sum);
        string bounded = Long();
        Write("mov.b64", bounded, $"{{{low}, {Word("min.u32", high, Word("sub.u32", high, Number(Field.P)))}}}");
        return bounded;
    }

    private (string Low, string High) Split(string wide)
    {
        (string low, string high) = (Word(), Word());
        Write("mov.b64", $"{{{low}, {high}}}", wide);
        return (low, high);
    }
}
