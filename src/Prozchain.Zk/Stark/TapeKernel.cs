using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Stark;

/// <summary>Runs a program over one run of rows, instruction by instruction.</summary>
internal readonly unsafe struct TapeKernel<TField, TParameters>(TapeProgram program, TapeFrame<TField>* frame) : IPackedKernel<TField>
    where TField : unmanaged, IField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    // Cells to fetch ahead of their use: each lies in memory of its own, where the processor does not expect it.
    private const int FetchDistance = 8;
    private readonly TapeFrame<TField>* _frame = frame;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (_frame->Length < TPacked.Count) Execute<ScalarPacked<TField>>();
        else Execute<TPacked>();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        TField** runs = _frame->Runs;
        nint length = _frame->Length;
        int fetched = 0, cells = program.Cells.Length;
        foreach (ref readonly TapeInstruction instruction in program.Instructions.AsSpan())
        {
            for (int ahead = Math.Min(instruction.Cells + FetchDistance, cells); fetched < ahead; fetched++) TapeLoops<TField, TPacked>.Fetch(runs[fetched], length);
            if (instruction.Operation >= TapeOperation.Fold)
            {
                Extend<TPacked>(in instruction);
                continue;
            }
            TField* target = runs[instruction.Target], a = runs[instruction.A];
            if (instruction.Operation >= TapeOperation.AddAdd)
                Ternary<TPacked>(instruction.Operation, a, runs[instruction.B], runs[instruction.C], target, length);
            else if (instruction.Operation == TapeOperation.MultiplyUniformAdd)
                TapeLoops<TField, TPacked>.MultiplyUniformAdd(a, _frame->Uniforms[instruction.B], runs[instruction.C], target, length);
            else if (instruction.Operation is >= TapeOperation.AddUniform and <= TapeOperation.Fill)
                Uniform<TPacked>(instruction.Operation, a, _frame->Uniforms[instruction.B], target, length);
            else
                Binary<TPacked>(instruction.Operation, a, runs[instruction.B], target, length);
        }
    }

    private static void Binary<TPacked>(TapeOperation operation, TField* a, TField* b, TField* target, nint length) where TPacked : struct, IPacked<TPacked, TField>
    {
        switch (operation)
        {
            case TapeOperation.Add: TapeLoops<TField, TPacked>.Binary<AddOperation>(a, b, target, length); break;
            case TapeOperation.Subtract: TapeLoops<TField, TPacked>.Binary<SubtractOperation>(a, b, target, length); break;
            case TapeOperation.Multiply: TapeLoops<TField, TPacked>.Binary<MultiplyOperation>(a, b, target, length); break;
            default: TapeLoops<TField, TPacked>.Xor(a, b, target, length); break;
        }
    }

    private static void Uniform<TPacked>(TapeOperation operation, TField* a, TField uniform, TField* target, nint length) where TPacked : struct, IPacked<TPacked, TField>
    {
        switch (operation)
        {
            case TapeOperation.AddUniform: TapeLoops<TField, TPacked>.Uniform<AddOperation>(a, uniform, target, length); break;
            case TapeOperation.SubtractUniform: TapeLoops<TField, TPacked>.Uniform<SubtractOperation>(a, uniform, target, length); break;
            case TapeOperation.SubtractFromUniform: TapeLoops<TField, TPacked>.Uniform<SubtractFromOperation>(a, uniform, target, length); break;
            case TapeOperation.MultiplyUniform: TapeLoops<TField, TPacked>.Uniform<MultiplyOperation>(a, uniform, target, length); break;
            default: TapeLoops<TField, TPacked>.Fill(uniform, target, length); break;
        }
    }

    private static void Ternary<TPacked>(TapeOperation operation, TField* a, TField* b, TField* c, TField* target, nint length)
        where TPacked : struct, IPacked<TPacked, TField>
    {
        switch (operation)
        {
            case TapeOperation.AddAdd: TapeLoops<TField, TPacked>.Ternary<AddOperation, AddOperation>(a, b, c, target, length); break;
            case TapeOperation.AddSubtract: TapeLoops<TField, TPacked>.Ternary<AddOperation, SubtractOperation>(a, b, c, target, length); break;
            case TapeOperation.AddSubtractFrom: TapeLoops<TField, TPacked>.Ternary<AddOperation, SubtractFromOperation>(a, b, c, target, length); break;
            case TapeOperation.AddMultiply: TapeLoops<TField, TPacked>.Ternary<AddOperation, MultiplyOperation>(a, b, c, target, length); break;
            case TapeOperation.SubtractAdd: TapeLoops<TField, TPacked>.Ternary<SubtractOperation, AddOperation>(a, b, c, target, length); break;
            case TapeOperation.SubtractSubtract: TapeLoops<TField, TPacked>.Ternary<SubtractOperation, SubtractOperation>(a, b, c, target, length); break;
            case TapeOperation.SubtractSubtractFrom: TapeLoops<TField, TPacked>.Ternary<SubtractOperation, SubtractFromOperation>(a, b, c, target, length); break;
            case TapeOperation.SubtractMultiply: TapeLoops<TField, TPacked>.Ternary<SubtractOperation, MultiplyOperation>(a, b, c, target, length); break;
            case TapeOperation.MultiplyAdd: TapeLoops<TField, TPacked>.Ternary<MultiplyOperation, AddOperation>(a, b, c, target, length); break;
            case TapeOperation.MultiplySubtract: TapeLoops<TField, TPacked>.Ternary<MultiplyOperation, SubtractOperation>(a, b, c, target, length); break;
            case TapeOperation.MultiplySubtractFrom: TapeLoops<TField, TPacked>.Ternary<MultiplyOperation, SubtractFromOperation>(a, b, c, target, length); break;
            default: TapeLoops<TField, TPacked>.Ternary<MultiplyOperation, MultiplyOperation>(a, b, c, target, length); break;
        }
    }

    private void Extend<TPacked>(in TapeInstruction instruction) where TPacked : struct, IPacked<TPacked, TField>
    {
        int degree = TParameters.Degree;
        nint length = _frame->Length;
        TField* target = Extension(instruction.Target);
        TField** runs = stackalloc TField*[16];
        switch (instruction.Operation)
        {
            case TapeOperation.Fold:
                for (int i = 0; i < instruction.B; i++) runs[i] = _frame->Runs[program.Terms[instruction.A + i].Slot];
                TapeLoops<TField, TPacked>.Combine(runs, instruction.B, _frame->Terms + instruction.A * degree, target, length, degree, length);
                break;
            case TapeOperation.FoldExtension:
                for (int k = 0; k < degree; k++) runs[k] = Extension(instruction.A) + k * length;
                TapeLoops<TField, TPacked>.Combine(runs, degree, _frame->Factors + instruction.B * degree * degree, target, length, degree, length);
                break;
            case TapeOperation.FillExtension:
                for (int k = 0; k < degree; k++) TapeLoops<TField, TPacked>.Fill(_frame->Starts[instruction.A * degree + k], target + k * length, length);
                break;
            case TapeOperation.LoadLookup:
                TField** columns = _frame->Lookups + (instruction.B == 0 ? instruction.A * degree : _frame->LookupColumns);
                for (int k = 0; k < degree; k++) Copy(columns[k], target + k * length, length);
                break;
            case TapeOperation.Embed:
                for (int k = 1; k < degree; k++) TapeLoops<TField, TPacked>.Fill(TField.Zero, target + k * length, length);
                if (instruction.B > 0) Copy(_frame->Runs[instruction.A], target, length);
                else TapeLoops<TField, TPacked>.Uniform<SubtractFromOperation>(_frame->Runs[instruction.A], TField.Zero, target, length);
                break;
            case TapeOperation.CopyExtension: Copy(Extension(instruction.A), target, degree * length); break;
            case TapeOperation.AddExtension: TapeLoops<TField, TPacked>.Binary<AddOperation>(target, Extension(instruction.A), target, degree * length); break;
            case TapeOperation.SubtractExtension: TapeLoops<TField, TPacked>.Binary<SubtractOperation>(target, Extension(instruction.A), target, degree * length); break;
            case TapeOperation.MultiplyExtension: Multiply<TPacked>(target, Extension(instruction.A), target, length, length); break;
            case TapeOperation.AddScaled:
                TField* scaled = Extension(instruction.B);
                for (int k = 0; k < degree; k++)
                {
                    if (instruction.C > 0) TapeLoops<TField, TPacked>.AddProduct<AddOperation>(_frame->Runs[instruction.A], scaled + k * length, target + k * length, length);
                    else TapeLoops<TField, TPacked>.AddProduct<SubtractOperation>(_frame->Runs[instruction.A], scaled + k * length, target + k * length, length);
                }
                break;
            default:
                if (instruction.B > 0) TapeLoops<TField, TPacked>.Binary<AddOperation>(target, _frame->Runs[instruction.A], target, length);
                else TapeLoops<TField, TPacked>.Binary<SubtractOperation>(target, _frame->Runs[instruction.A], target, length);
                break;
        }
    }

    /// <summary>Products over the extension, coordinate by coordinate.</summary>
    public static void Multiply<TPacked>(TField* left, TField* right, TField* target, nint length, nint stride) where TPacked : struct, IPacked<TPacked, TField>
    {
        int count = (int)((TParameters.Degree - 1) * stride + length);
        new ExtensionKernel<TField, TParameters>(new(left, count), new(right, count), new(target, count), (int)length, (int)stride).Run<TPacked>();
    }

    private static void Copy(TField* source, TField* target, nint length) => new ReadOnlySpan<TField>(source, (int)length).CopyTo(new Span<TField>(target, (int)length));

    private TField* Extension(int slot) => _frame->Extensions + slot * TParameters.Degree * _frame->Length;
}
