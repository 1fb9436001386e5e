using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>An equation of two operands as one product of matrices: axes in another order before and behind it.</summary>
internal static class EinsumParts
{
    /// <summary>The parts, or null where the equation is no product of matrices.</summary>
    public static OnnxNode[]? Of(OnnxNode node, OnnxCall call, LoweringTrace trace, NodeParts parts)
    {
        if (node.Inputs.Length != 2) return null;
        int[] first = trace.Dims(node.Inputs[0]), second = trace.Dims(node.Inputs[1]);
        (string[] terms, string result) = OnnxEinsum.Parse(call.Text("equation", ""), [first.Length, second.Length]);
        (string a, string b) = (terms[0], terms[1]);
        if (a.Length != first.Length || b.Length != second.Length || a.Distinct().Count() != a.Length || b.Distinct().Count() != b.Length) return null;
        string batch = Those(a, letter => b.Contains(letter) && result.Contains(letter)), inner = Those(a, letter => b.Contains(letter) && !result.Contains(letter));
        string rows = Those(a, letter => !b.Contains(letter)), columns = Those(b, letter => !a.Contains(letter));
        // A letter that stands in one operand alone and not in the result would be summed on its own.
        if (!(rows + columns).All(result.Contains) || result.Length != batch.Length + rows.Length + columns.Length) return null;
        string left = Matrix(node.Inputs[0], a, first, batch, rows, inner), right = Matrix(node.Inputs[1], b, second, batch, inner, columns);
        string made = parts.Add("Reshape", [parts.Add("MatMul", [left, right]), parts.Shape([.. Sizes(a, first, batch + rows), .. Sizes(b, second, columns)])]);
        string order = batch + rows + columns;
        return parts.Finish(order == result ? made : parts.Add("Transpose", [made], ("perm", [.. result.Select(letter => (long)order.IndexOf(letter, StringComparison.Ordinal))])));

        string Matrix(string name, string letters, int[] dims, string leading, string one, string other)
        {
            string wanted = leading + one + other;
            if (wanted != letters) name = parts.Add("Transpose", [name], ("perm", [.. wanted.Select(letter => (long)letters.IndexOf(letter, StringComparison.Ordinal))]));
            return parts.Add("Reshape", [name, parts.Shape([.. Sizes(letters, dims, leading), Size(letters, dims, one), Size(letters, dims, other)])]);
        }
    }

    private static string Those(string letters, Func<char, bool> test) => string.Concat(letters.Where(test));

    private static IEnumerable<long> Sizes(string letters, int[] dims, string wanted) => wanted.Select(letter => (long)dims[letters.IndexOf(letter, StringComparison.Ordinal)]);

    private static long Size(string letters, int[] dims, string wanted) => Sizes(letters, dims, wanted).Aggregate(1L, (product, size) => product * size);
}
