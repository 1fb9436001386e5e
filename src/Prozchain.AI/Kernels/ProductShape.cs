namespace Prozchain.AI.Kernels;

/// <summary>Some products of two activations, one behind another: z [M, N] = x [M, K] · y [K, N], or y [N, K] transposed.</summary>
/// <param name="Batches">Products.</param>
/// <param name="Rows">M.</param>
/// <param name="Depth">K.</param>
/// <param name="Columns">N.</param>
/// <param name="TransposeY">y lies as [N, K].</param>
internal readonly record struct ProductShape(int Batches, int Rows, int Depth, int Columns, bool TransposeY);
