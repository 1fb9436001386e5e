using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>The random polynomials that hide the chunks of a quotient (eprint 2024/1037).</summary>
internal static class ChunkMasks<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Coefficients of t, N for each chunk and coordinate in turn: random but for the last chunk's, which make Σ c_i t_i = 0.</summary>
    public static TField[][] Draw(int logRows, int logChunks, int degree, SecretSource secrets, ProofMemory? memory = null)
    {
        TField[] weights = QuotientChunks<TField>.MaskWeights(logChunks);
        int last = weights.Length - 1;
        TField scale = -weights[last].Inverse();
        var masks = new TField[weights.Length * degree][];
        memory ??= new();
        for (int i = 0; i < masks.Length; i++) masks[i] = memory.Rent<TField>(1 << logRows, isCleared: i >= last * degree);
        for (int k = 0; k < degree; k++)
        {
            Span<TField> sum = masks[last * degree + k];
            for (int chunk = 0; chunk < last; chunk++)
            {
                TField[] mask = masks[chunk * degree + k];
                secrets.Sample<TField>(mask);
                FieldSpans.MultiplyAdd<TField>(mask, weights[chunk] * scale, sum, sum);
            }
        }
        return masks;
    }
}
