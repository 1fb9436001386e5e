namespace Prozchain.Zk.Stark;

/// <summary>The challenges and the terminal that a table's constraints refer to.</summary>
/// <param name="Gamma">By whose powers constraints are summed, the first with the highest.</param>
/// <param name="Alpha">What messages start from.</param>
/// <param name="Beta">What their elements are told apart by.</param>
/// <param name="Terminal">The sum of the table's fractions.</param>
/// <typeparam name="TExtension">The challenge field.</typeparam>
internal readonly record struct TableChallenges<TExtension>(TExtension Gamma, TExtension Alpha, TExtension Beta, TExtension Terminal) where TExtension : struct;
