namespace Prozchain.Benchmarks.Quick;

/// <summary>Which way a row's value is better.</summary>
internal enum Better
{
    Higher,
    Lower,
}
