using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>
/// A <see cref="TapeProgram"/> in the few operations that kernels have: values over the extension are slots, one for each coordinate, so
/// that all but folds and products over the extension are operations of the base field. Immutable and thread-safe.
/// </summary>
internal sealed class LoweredTape
{
    private readonly TapeProgram _program;
    private readonly int _degree;
    private readonly List<LoweredInstruction> _instructions = [];

    private LoweredTape(TapeProgram program, int lookupColumns, int degree)
    {
        (_program, _degree, LookupColumns) = (program, degree, lookupColumns);
        Cells =
        [
            .. program.Cells.Select(Lower),
            .. Enumerable.Range(0, lookupColumns).Select(column => new LoweredCell(CellSource.Lookup, column, IsNext: false)),
            .. Enumerable.Range(0, Math.Min(degree, lookupColumns)).Select(column => new LoweredCell(CellSource.Lookup, column, IsNext: true)),
        ];
        Terms =
        [
            .. program.Terms.Select(term => Run(term.Slot)),
            .. Enumerable.Repeat(default(TapePlace), program.Factors.Length * degree),
        ];
        foreach (TapeInstruction instruction in program.Instructions) Lower(instruction);
    }

    /// <summary>The instructions, in order.</summary>
    public IReadOnlyList<LoweredInstruction> Instructions => _instructions;

    /// <summary>What rows read.</summary>
    public LoweredCell[] Cells { get; }

    /// <summary>What folds add up. The factors of term i are elements i * degree and on of <see cref="Factors"/>.</summary>
    public TapePlace[] Terms { get; }

    /// <summary>Slots in all.</summary>
    public int Slots => FirstExtension + _program.ExtensionSlots * _degree;

    /// <summary>The slot of the first coordinate of the program's first E slot; the others follow.</summary>
    public int FirstExtension => _program.Temporaries;

    /// <summary>Base columns of the lookups that it may read.</summary>
    public int LookupColumns { get; }

    /// <summary>Lowers a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="lookupColumns">Base columns of the lookups: <see cref="Lookups.TableLookups.Columns"/> times the degree, or 0 for a program that reads none.</param>
    /// <param name="degree">The degree of the extension.</param>
    public static LoweredTape Of(TapeProgram program, int lookupColumns, int degree) => new(program, lookupColumns, degree);

    /// <summary>The uniform values: those of the program, then what sums start from.</summary>
    public static TField[] Uniforms<TField, TParameters>(TapeValues<TField, TParameters> values)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField> => [.. values.Uniforms, .. values.Starts];

    /// <summary>Of each uniform value, the element's bits if they are the same in every proof.</summary>
    public static uint?[] Constants<TField>(TapeProgram program, int degree) where TField : unmanaged, ITwoAdicField<TField>
    {
        var constants = new TField?[program.Uniforms.Length];
        for (int i = 0; i < constants.Length; i++)
        {
            GraphNode node = program.Uniforms[i];
            constants[i] = node.Operation switch
            {
                GraphOperation.Constant => TField.FromUInt64(node.Constant),
                GraphOperation.Add => constants[node.Left] + constants[node.Right],
                GraphOperation.Subtract => constants[node.Left] - constants[node.Right],
                GraphOperation.Multiply => constants[node.Left] * constants[node.Right],
                GraphOperation.Negate => -constants[node.Left],
                _ => null,
            };
        }
        IEnumerable<uint?> starts = program.Starts.SelectMany(start =>
            Enumerable.Repeat(start is { Interaction: < 0, Terminal: < 0, Terms.Count: 0 } ? PtxField.Bits(TField.Zero) : (uint?)null, degree));
        return [.. constants.Select(constant => constant is { } known ? PtxField.Bits(known) : (uint?)null), .. starts];
    }

    /// <summary>The factors of <see cref="Terms"/>.</summary>
    public static TField[] Factors<TField, TParameters>(TapeValues<TField, TParameters> values)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField> => [.. values.Terms, .. values.Factors];

    private static LoweredCell Lower(TapeCell cell) => new(cell.Operation switch
    {
        GraphOperation.Periodic => CellSource.Periodic,
        GraphOperation.Preprocessed or GraphOperation.PreprocessedNext => CellSource.Preprocessed,
        _ => CellSource.Main,
    }, cell.Column, cell.Operation is GraphOperation.Next or GraphOperation.PreprocessedNext);

    private void Lower(TapeInstruction instruction)
    {
        (int target, int a, int b, int c) = (instruction.Target, instruction.A, instruction.B, instruction.C);
        switch (instruction.Operation)
        {
            case <= TapeOperation.Multiply: Combine(Temporary(target), Run(a), (FirstOperation)instruction.Operation, Run(b)); break;
            case TapeOperation.AddUniform: Combine(Temporary(target), Run(a), FirstOperation.Add, TapePlace.Uniform(b)); break;
            case TapeOperation.SubtractUniform: Combine(Temporary(target), Run(a), FirstOperation.Subtract, TapePlace.Uniform(b)); break;
            case TapeOperation.SubtractFromUniform: Combine(Temporary(target), TapePlace.Uniform(b), FirstOperation.Subtract, Run(a)); break;
            case TapeOperation.MultiplyUniform: Combine(Temporary(target), Run(a), FirstOperation.Multiply, TapePlace.Uniform(b)); break;
            case TapeOperation.Fill: Copy(Temporary(target), TapePlace.Uniform(b)); break;
            case TapeOperation.MultiplyUniformAdd: Combine(Temporary(target), Run(a), FirstOperation.Multiply, TapePlace.Uniform(b), ThenOperation.Add, Run(c)); break;
            case TapeOperation.Xor: Combine(Temporary(target), Run(a), FirstOperation.Xor, Run(b)); break;
            case < TapeOperation.Fold:
                int form = instruction.Operation - TapeOperation.AddAdd;
                Combine(Temporary(target), Run(a), (FirstOperation)(form / 4), Run(b), (ThenOperation)(form % 4 + 1), Run(c));
                break;
            default: LowerExtension(instruction.Operation, Extension(target), a, b, c); break;
        }
    }

    private void LowerExtension(TapeOperation operation, int target, int a, int b, int c)
    {
        switch (operation)
        {
            case TapeOperation.Fold: Fold(target, a, b); return;
            case TapeOperation.FoldExtension:
                int first = _program.Terms.Length + b * _degree;
                for (int k = 0; k < _degree; k++) Terms[first + k] = TapePlace.Slot(Extension(a) + k);
                Fold(target, first, _degree);
                return;
            case TapeOperation.MultiplyExtension:
                _instructions.Add(new(LoweredKind.MultiplyExtension, target, TapePlace.Slot(Extension(a))));
                return;
            case TapeOperation.AddBase:
                Combine(target, TapePlace.Slot(target), b > 0 ? FirstOperation.Add : FirstOperation.Subtract, Run(a));
                return;
        }
        for (int k = 0; k < _degree; k++)
        {
            TapePlace own = TapePlace.Slot(target + k);
            switch (operation)
            {
                case TapeOperation.FillExtension: Copy(target + k, TapePlace.Uniform(_program.Uniforms.Length + a * _degree + k)); break;
                case TapeOperation.LoadLookup: Copy(target + k, TapePlace.Cell(_program.Cells.Length + (b == 0 ? a * _degree : LookupColumns) + k)); break;
                case TapeOperation.Embed when k == 0 && b < 0: Combine(target, TapePlace.Uniform(0), FirstOperation.Subtract, Run(a)); break;
                case TapeOperation.Embed: Copy(target + k, k == 0 ? Run(a) : TapePlace.Uniform(0)); break;
                case TapeOperation.CopyExtension: Copy(target + k, TapePlace.Slot(Extension(a) + k)); break;
                case TapeOperation.AddExtension: Combine(target + k, own, FirstOperation.Add, TapePlace.Slot(Extension(a) + k)); break;
                case TapeOperation.SubtractExtension: Combine(target + k, own, FirstOperation.Subtract, TapePlace.Slot(Extension(a) + k)); break;
                default:
                    Combine(target + k, Run(a), FirstOperation.Multiply, TapePlace.Slot(Extension(b) + k), c > 0 ? ThenOperation.Add : ThenOperation.SubtractFrom, own);
                    break;
            }
        }
    }

    private void Combine(int target, TapePlace a, FirstOperation first, TapePlace b, ThenOperation then = ThenOperation.None, TapePlace c = default) =>
        _instructions.Add(new(LoweredKind.Combine, target, a, b, c, first, then));

    // The first uniform value is zero.
    private void Copy(int target, TapePlace source) => Combine(target, source, FirstOperation.Add, TapePlace.Uniform(0));

    private void Fold(int target, int first, int count) => _instructions.Add(new(LoweredKind.Fold, target, new(default, first), new(default, count)));

    // The program's table of runs holds the cells, then the temporaries.
    private TapePlace Run(int slot) => slot < _program.Cells.Length ? TapePlace.Cell(slot) : TapePlace.Slot(Temporary(slot));

    private int Temporary(int slot) => slot - _program.Cells.Length;

    private int Extension(int slot) => FirstExtension + slot * _degree;
}
