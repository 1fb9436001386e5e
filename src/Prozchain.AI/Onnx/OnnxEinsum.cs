using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Sums of products by letters: each letter an index, those that the result lacks summed over.</summary>
internal static class OnnxEinsum
{
    private const string Ellipsis = "...", Digits = "0123456789";

    /// <summary>The letters of each operand, and of the result; the dimensions of an ellipsis get digits for letters, from the last on.</summary>
    public static (string[] Terms, string Result) Parse(string equation, int[] ranks)
    {
        string[] halves = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = halves[0].Split(',');
        if (terms.Length != ranks.Length) throw new OnnxRefusal($"equation '{equation}' is not of {ranks.Length} operands");
        string rest = "";
        for (int i = 0; i < terms.Length; i++)
        {
            if (!terms[i].Contains(Ellipsis, StringComparison.Ordinal)) continue;
            int count = ranks[i] - (terms[i].Length - Ellipsis.Length);
            if (count is < 0 or > 10) throw new OnnxRefusal($"term '{terms[i]}' does not fit {ranks[i]} dimensions");
            string digits = Digits[^count..];
            if (digits.Length > rest.Length) rest = digits;
            terms[i] = terms[i].Replace(Ellipsis, digits, StringComparison.Ordinal);
        }
        string once = new([.. string.Concat(terms).Where(char.IsAsciiLetter).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()]);
        return (terms, halves.Length == 2 ? halves[1].Replace(Ellipsis, rest, StringComparison.Ordinal) : rest + once);
    }

    public static OnnxTensor Run(OnnxCall call)
    {
        string equation = call.Text("equation", "");
        OnnxTensor[] operands = call.All();
        (string[] terms, string result) = Parse(equation, [.. operands.Select(operand => operand.Rank)]);
        var sizes = new Dictionary<char, int>();
        for (int i = 0; i < terms.Length; i++)
        {
            if (terms[i].Length != operands[i].Rank) throw new OnnxRefusal($"term '{terms[i]}' does not fit {operands[i]}");
            for (int d = 0; d < terms[i].Length; d++)
                if (!sizes.TryAdd(terms[i][d], operands[i].Dims[d]) && sizes[terms[i][d]] != operands[i].Dims[d]) throw new OnnxRefusal($"letter '{terms[i][d]}' stands for two sizes");
        }
        if (result.Distinct().Count() != result.Length || result.Length > OnnxLimits.MaxRank) throw new OnnxRefusal($"the result '{result}' of an equation names a letter twice, or more than {OnnxLimits.MaxRank}");
        string summed = new([.. sizes.Keys.Where(letter => !result.Contains(letter, StringComparison.Ordinal))]);
        if (!result.All(sizes.ContainsKey)) throw new OnnxRefusal($"equation '{equation}' has a result of unknown letters");
        int[] shape = [.. result.Select(letter => sizes[letter])], inner = [.. summed.Select(letter => sizes[letter])];
        double outer = OnnxShapes.Product(shape), each = OnnxShapes.Product(inner);
        // Each operand has a table of places of its own.
        if (operands.Length * (outer + each) > OnnxLimits.MaxElements || operands.Sum(operand => (double)operand.Count) > OnnxLimits.MaxElements) throw new OnnxRefusal($"{operands.Length} operands over {outer} and {each} places are above {OnnxLimits.MaxElements}");
        call.Spend(operands.Length * outer * each);
        var outerOffsets = new int[operands.Length][];
        var innerOffsets = new int[operands.Length][];
        var values = new double[operands.Length][];
        for (int i = 0; i < operands.Length; i++)
        {
            int[] strides = OnnxShapes.Strides(operands[i].Dims);
            string term = terms[i];
            outerOffsets[i] = OnnxShapes.Offsets(shape, [.. result.Select(Stride)]);
            innerOffsets[i] = OnnxShapes.Offsets(inner, [.. summed.Select(Stride)]);
            values[i] = operands[i].Doubles();

            // A letter that occurs twice walks both dimensions at once: a diagonal.
            int Stride(char letter) => term.Select((l, d) => l == letter ? strides[d] : 0).Sum();
        }
        var sums = new double[OnnxShapes.Product(shape)];
        for (int o = 0; o < sums.Length; o++)
            for (int s = 0; s < innerOffsets[0].Length; s++)
            {
                double product = 1;
                for (int i = 0; i < values.Length; i++) product *= values[i][outerOffsets[i][o] + innerOffsets[i][s]];
                sums[o] += product;
            }
        return OnnxTensor.FromDoubles(operands[0].Type, shape, sums);
    }
}
