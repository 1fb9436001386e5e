using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Sums of products by letters: each letter an index, those that the result lacks summed over.</summary>
internal static class OnnxEinsum
{
    private const string Ellipsis = "...", Digits = "0123456789";

    public static OnnxTensor Run(string equation, OnnxTensor[] operands)
    {
        string[] halves = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = halves[0].Split(',');
        if (terms.Length != operands.Length) throw new OnnxRefusal($"equation '{equation}' is not of {operands.Length} operands");
        string rest = "";
        for (int i = 0; i < terms.Length; i++)
        {
            if (!terms[i].Contains(Ellipsis, StringComparison.Ordinal)) continue;
            // The dimensions of an ellipsis get digits for letters, from the last on.
            int count = operands[i].Rank - (terms[i].Length - Ellipsis.Length);
            if (count is < 0 or > 10) throw new OnnxRefusal($"term '{terms[i]}' does not fit {operands[i]}");
            string digits = Digits[^count..];
            if (digits.Length > rest.Length) rest = digits;
            terms[i] = terms[i].Replace(Ellipsis, digits, StringComparison.Ordinal);
        }
        string once = new([.. string.Concat(terms).Where(char.IsAsciiLetter).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()]);
        string result = halves.Length == 2 ? halves[1].Replace(Ellipsis, rest, StringComparison.Ordinal) : rest + once;
        var sizes = new Dictionary<char, int>();
        for (int i = 0; i < terms.Length; i++)
        {
            if (terms[i].Length != operands[i].Rank) throw new OnnxRefusal($"term '{terms[i]}' does not fit {operands[i]}");
            for (int d = 0; d < terms[i].Length; d++)
                if (!sizes.TryAdd(terms[i][d], operands[i].Dims[d]) && sizes[terms[i][d]] != operands[i].Dims[d]) throw new OnnxRefusal($"letter '{terms[i][d]}' stands for two sizes");
        }
        string summed = new([.. sizes.Keys.Where(letter => !result.Contains(letter, StringComparison.Ordinal))]);
        if (!result.All(sizes.ContainsKey)) throw new OnnxRefusal($"equation '{equation}' has a result of unknown letters");
        int[] shape = [.. result.Select(letter => sizes[letter])], inner = [.. summed.Select(letter => sizes[letter])];
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
