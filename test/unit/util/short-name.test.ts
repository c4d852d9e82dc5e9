import {expect, it} from 'vitest';
import {shortName} from '../../../src/util/short-name.js';

it.each([
  ['PyList_New', 'PyList_New'],
  ['std::vector<int, std::allocator<int> >::push_back(int const&)', 'std::vector<…>::push_back(…)'],
  [
    'pybind11::cpp_function::initialize<pybind11::dict (*&)(pybind11::bytes), pybind11::dict, pybind11::bytes>(pybind11::dict (*&)(pybind11::bytes), pybind11::dict (*)(pybind11::bytes))::{lambda(pybind11::detail::function_call&)#1}::_FUN(pybind11::detail::function_call&)',
    'pybind11::cpp_function::initialize<…>(…)::{lambda(…)#1}::_FUN(…)',
  ],
  [
    '(anonymous namespace)::Table<std::string>::operator()(std::basic_string_view<char> const&, int)',
    '(anonymous namespace)::Table<…>::operator()(…)',
  ],
  [
    'std::basic_ostream<char, std::char_traits<char> >& std::operator<< <std::char_traits<char> >(std::ostream&, char const*)',
    'std::basic_ostream<…>& std::operator<< <…>(…)',
  ],
  [
    'core::ops::function::FnOnce::call_once{{vtable.shim}}::h0123456789abcdef and so on and on',
    'core::ops::function::FnOnce::call_once{{vtable.shim}}::h0123456789abcdef and so on and on',
  ],
  [`f<${'<'.repeat(70)}`, `f<${'<'.repeat(70)}`],
])('%s', (name, short) => {
  expect(shortName(name)).toBe(short);
});
