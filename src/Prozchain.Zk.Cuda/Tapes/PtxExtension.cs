namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>Products over the extension in PTX: as extension.cuh has them.</summary>
internal static class PtxExtension
{
    /// <summary>The coordinates of the product.</summary>
    public static string[] Multiply(PtxWriter writer, string[] a, string[] b)
    {
        PtxField field = writer.Field;
        int degree = field.Degree;
        var product = new string[2 * degree - 1];
        for (int k = 0; k < product.Length; k++)
        {
            int first = Math.Max(0, k - degree + 1), count = Math.Min(k, degree - 1) - first + 1;
            (string, string)[] terms = [.. Enumerable.Range(first, count).Select(i => (a[i], b[k - i]))];
            product[k] = writer.Reduce(writer.AddProducts("", terms));
        }
        // From the highest power down, as the middle term may raise a folded one above the degree again.
        for (int k = product.Length - 1; k >= degree; k--)
        {
            product[k - degree] = AddScaled(writer, product[k - degree], product[k], field.Constant);
            if (field.MiddlePower != 0)
                product[k - degree + field.MiddlePower] = AddScaled(writer, product[k - degree + field.MiddlePower], product[k], field.Middle);
        }
        return product[..degree];
    }

    private static string AddScaled(PtxWriter writer, string sum, string value, uint factor) =>
        factor == writer.Field.One ? writer.Add(sum, value)
        : factor == writer.Field.P - writer.Field.One ? writer.Subtract(sum, value)
        : writer.Add(sum, writer.Multiply(value, PtxWriter.Number(factor)));
}
